package dev.mtls.cli.certificate;

import javax.security.auth.x500.X500Principal;

import org.bouncycastle.util.IPAddress;

import dev.mtls.authority.CertificateRequest;
import dev.mtls.decision.MtlsException;
import dev.mtls.decision.Reason;

/**
 * Names of certificates as they are typed.
 */
final class SubjectNames {

	private SubjectNames() {
	}

	/**
	 * A distinguished name.
	 * @param option the option that has it
	 * @param name a distinguished name (RFC 2253), or what is to be the common name
	 * @return a distinguished name
	 */
	static String distinguishedName(String option, String name) {
		requireText(option, name);
		if (!name.contains("=")) {
			return "CN=" + escaped(name);
		}
		try {
			return new X500Principal(name).getName();
		}
		catch (IllegalArgumentException ex) {
			throw new MtlsException(Reason.CONFIGURATION_INVALID, "%s=%s".formatted(option, name),
					"It is no distinguished name", "Write it as CN=Example CA,O=Example, or give the common name alone",
					ex);
		}
	}

	/**
	 * Add a subject alternative name.
	 * @param request the request to add it to
	 * @param name the name, such as {@code dns:api.example.com}; what has no kind before
	 * it is an IP address, a URI, an e-mail address or a DNS name, as it looks
	 */
	static void add(CertificateRequest.Builder request, String name) {
		int colon = name.indexOf(':');
		String kind = (colon > 0) ? name.substring(0, colon) : "";
		try {
			switch (kind) {
				case "dns" -> request.dns(name.substring(4));
				case "ip" -> request.ip(name.substring(3));
				case "uri" -> request.uri(name.substring(4));
				case "email" -> request.email(name.substring(6));
				default -> addAsItLooks(request, name);
			}
		}
		catch (IllegalArgumentException ex) {
			throw new MtlsException(Reason.CONFIGURATION_INVALID, "--san=" + name, "It is no such name",
					"Write dns:api.example.com, ip:10.0.0.1, uri:spiffe://example.com/api or email:a@example.com", ex);
		}
	}

	/**
	 * The name of a file for a certificate.
	 * @param name the name of the certificate
	 * @return a name without directories and without characters that shells or file
	 * systems treat apart
	 */
	static String fileName(String name) {
		String plain = name.replaceAll("^[A-Za-z]+=", "")
			.replaceAll("[^A-Za-z0-9._-]+", "-")
			.replaceAll("^[-.]+|-+$", "");
		return plain.isEmpty() ? "certificate" : plain;
	}

	private static void addAsItLooks(CertificateRequest.Builder request, String name) {
		if (IPAddress.isValid(name)) {
			request.ip(name);
		}
		else if (name.contains("://")) {
			request.uri(name);
		}
		else if (name.contains("@")) {
			request.email(name);
		}
		else if (name.contains(":")) {
			throw new IllegalArgumentException(name);
		}
		else {
			request.dns(name);
		}
	}

	private static void requireText(String option, String name) {
		if (name.isBlank()) {
			throw new MtlsException(Reason.CONFIGURATION_INVALID, option, "The name is empty", "Give a name");
		}
	}

	// RFC 2253, section 2.4
	private static String escaped(String name) {
		return name.strip().replaceAll("([,+\"\\\\<>;#])", "\\\\$1");
	}

}
