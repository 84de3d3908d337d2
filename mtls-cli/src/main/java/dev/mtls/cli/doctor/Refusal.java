package dev.mtls.cli.doctor;

import java.util.List;

import dev.mtls.material.KeyMaterial;

/**
 * What the end of a connection says about the client certificate that was shown (RFC
 * 8446, section 6.2).
 */
final class Refusal {

	private Refusal() {
	}

	/**
	 * Say why the server refuses the client certificate.
	 * @param failure how the connection ended
	 * @param key the certificate
	 * @param issuers the issuers that the server names
	 * @return the finding
	 */
	static Finding of(Failure failure, KeyMaterial key, List<String> issuers) {
		List<String> own = key.chain().stream().map((link) -> link.getIssuerX500Principal().getName()).toList();
		boolean named = issuers.isEmpty() || own.stream().anyMatch(issuers::contains);
		String ca = own.get(own.size() - 1);
		if (failure.kind() == Failure.Kind.ALERT) {
			return new Finding(Problem.CLIENT_CERTIFICATE_REFUSED,
					"alert %s: %s".formatted(failure.detail(), meaningOf(failure.detail())),
					fixOf(failure.detail(), ca, named));
		}
		return new Finding(Problem.CLIENT_CERTIFICATE_REFUSED,
				"%s right after it was shown".formatted(failure.detail()),
				named ? "look into the log of the server: names, pins and revocation are often refused in this way"
						: otherIssuerFix(ca));
	}

	private static String meaningOf(String alert) {
		return switch (alert) {
			case "bad_certificate" -> "it is damaged, or its signature does not verify";
			case "unsupported_certificate" -> "it is of a type, or for a use, that the server does not support";
			case "certificate_revoked" -> "it is revoked";
			case "certificate_expired" -> "it has expired, or is not valid yet";
			case "certificate_unknown" -> "the server does not say why it does not accept it";
			case "unknown_ca" -> "the server does not know or trust its CA";
			case "access_denied" -> "it is valid, but not allowed";
			case "certificate_required" -> "the server has received none";
			case "decrypt_error" -> "its key did not prove itself";
			default -> "the server ends the handshake after it";
		};
	}

	private static String fixOf(String alert, String ca, boolean named) {
		return switch (alert) {
			case "certificate_revoked" -> "have a new client certificate issued";
			case "certificate_expired" -> "renew it, or compare the clocks of this machine and the server (date -u)";
			case "unsupported_certificate" -> "use a certificate whose extended key usage allows clientAuth";
			case "unknown_ca" -> trustFix(ca);
			case "access_denied" -> "have the server allow its name (such as mtls.server.allowed-clients)";
			case "certificate_unknown", "bad_certificate" -> named
					? "look into the log of the server: its CA, validity, extended key usage and name are what it judges"
					: otherIssuerFix(ca);
			default -> Problem.CLIENT_CERTIFICATE_REFUSED.fix();
		};
	}

	private static String otherIssuerFix(String ca) {
		return trustFix(ca) + ", or use a certificate of an issuer that the server names";
	}

	private static String trustFix(String ca) {
		return "have the server trust %s (such as mtls.server.trust-certificates), and send the intermediates in --cert"
			.formatted(ca);
	}

}
