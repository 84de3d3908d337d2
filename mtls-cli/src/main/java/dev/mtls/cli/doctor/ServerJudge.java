package dev.mtls.cli.doctor;

import java.security.cert.X509Certificate;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import dev.mtls.address.AddressText;
import dev.mtls.decision.Decision;
import dev.mtls.decision.MtlsException;
import dev.mtls.decision.Reason;
import dev.mtls.decision.Verdict;
import dev.mtls.identity.PeerIdentity;
import dev.mtls.trust.PathVerifier;
import dev.mtls.trust.PeerRole;
import dev.mtls.trust.RequiredPolicies;
import dev.mtls.trust.VerifiedPath;

/**
 * Judges the server's chain and name by the rules that the gate has too.
 */
final class ServerJudge {

	private final Plan plan;

	private final Instant now;

	private final PathVerifier verifier;

	ServerJudge(Plan plan, Instant now) {
		this.plan = plan;
		this.now = now;
		this.verifier = new PathVerifier(plan.trust(), RequiredPolicies.NONE);
	}

	/**
	 * Decide whether a client certificate may be shown to the server.
	 * @param chain the chain that the server presents
	 * @return the decision
	 */
	Decision decide(List<X509Certificate> chain) {
		Verdict<VerifiedPath> verdict = this.verifier.verify(chain, PeerRole.SERVER, this.now);
		if (verdict instanceof Verdict.Accepted<VerifiedPath> accepted) {
			return this.plan.reference().matches(accepted.value().identity()) ? new Decision.Allow("trusted server")
					: new Decision.Deny(Reason.HOST_NAME_MISMATCH, "the certificate is for another name");
		}
		return ((Verdict.Refused<VerifiedPath>) verdict).denial();
	}

	/**
	 * Look at the chain.
	 * @param chain the chain that the server presents
	 * @return what was seen
	 */
	Step chain(List<X509Certificate> chain) {
		X509Certificate leaf = chain.get(0);
		long daysLeft = daysLeft(leaf);
		Map<String, Object> facts = new LinkedHashMap<>();
		facts.put("subject", subjectOf(leaf));
		facts.put("issuer", leaf.getIssuerX500Principal().getName());
		facts.put("notBefore", leaf.getNotBefore().toInstant().toString());
		facts.put("notAfter", leaf.getNotAfter().toInstant().toString());
		facts.put("daysLeft", daysLeft);
		facts.put("presented", chain.stream().map(ServerJudge::subjectOf).toList());
		List<Finding> findings = new ArrayList<>();
		String trust = "";
		Verdict<VerifiedPath> verdict = this.verifier.verify(chain, PeerRole.SERVER, this.now);
		if (verdict instanceof Verdict.Accepted<VerifiedPath> accepted) {
			String anchor = subjectOf(accepted.value().anchor());
			facts.put("anchor", anchor);
			trust = ", trusted through " + anchor;
		}
		else {
			Decision.Deny denial = ((Verdict.Refused<VerifiedPath>) verdict).denial();
			findings.add(findingOf(denial, chain));
			addValidity(findings, leaf);
		}
		String seen = "%s, %s, issued by %s%s".formatted(subjectOf(leaf), validityOf(leaf),
				leaf.getIssuerX500Principal().getName(), trust);
		return Step.of(StepName.CHAIN, seen, facts, findings);
	}

	/**
	 * Look at the names of the server's certificate.
	 * @param leaf the certificate
	 * @return what was seen
	 */
	Step name(X509Certificate leaf) {
		try {
			PeerIdentity identity = PeerIdentity.of(leaf);
			List<String> names = new ArrayList<>(identity.dnsNames());
			identity.ipAddresses().forEach((address) -> names.add(AddressText.of(address)));
			String held = names.isEmpty() ? "no SAN that names a host" : "SANs " + String.join(", ", names);
			List<Finding> findings = this.plan.reference().matches(identity) ? List.of()
					: List.of(Finding.of(Problem.WRONG_NAME,
							"looked for %s, the certificate has %s".formatted(this.plan.serverName(), held)));
			return Step.of(StepName.NAME, "%s, %s".formatted(this.plan.serverName(), held),
					Map.of("subjectAlternativeNames", names), findings);
		}
		catch (MtlsException ex) {
			return Step.of(StepName.NAME, "names that cannot be read", Map.of(),
					List.of(Finding.of(Problem.CHAIN_REFUSED, ex.problem())));
		}
	}

	private Finding findingOf(Decision.Deny denial, List<X509Certificate> chain) {
		return switch (denial.reason()) {
			case CERTIFICATE_EXPIRED -> Finding.of(Problem.CERTIFICATE_EXPIRED, denial.detail());
			case CERTIFICATE_NOT_YET_VALID -> Finding.of(Problem.CERTIFICATE_NOT_YET_VALID, denial.detail());
			case ISSUER_UNKNOWN -> unknownIssuer(denial, chain);
			case SIGNATURE_INVALID -> sameName(denial);
			default -> new Finding(Problem.CHAIN_REFUSED, denial.detail(), denial.reason().fix());
		};
	}

	private Finding unknownIssuer(Decision.Deny denial, List<X509Certificate> chain) {
		MissingIssuer missing = new MissingIssuer(this.plan, chain);
		if (missing.hasNameOfAnchor()) {
			return sameName(denial);
		}
		return Finding.of(missing.problem(), denial.detail() + trustText());
	}

	private static Finding sameName(Decision.Deny denial) {
		return new Finding(Problem.UNKNOWN_ISSUER, denial.detail(),
				"give the CA that issued the certificate with --ca: the trusted one has its name, but another key");
	}

	private String trustText() {
		return this.plan.systemTrust() ? "; trusted are the CAs of this Java runtime" : "";
	}

	// Beside another problem of the chain, for one visit to mend both
	private void addValidity(List<Finding> findings, X509Certificate leaf) {
		Instant notBefore = leaf.getNotBefore().toInstant();
		Instant notAfter = leaf.getNotAfter().toInstant();
		List<Problem> known = findings.stream().map(Finding::problem).toList();
		if (this.now.isAfter(notAfter) && !known.contains(Problem.CERTIFICATE_EXPIRED)) {
			findings.add(Finding.of(Problem.CERTIFICATE_EXPIRED, "on " + notAfter));
		}
		if (this.now.isBefore(notBefore) && !known.contains(Problem.CERTIFICATE_NOT_YET_VALID)) {
			findings.add(Finding.of(Problem.CERTIFICATE_NOT_YET_VALID, "before " + notBefore));
		}
	}

	private long daysLeft(X509Certificate certificate) {
		return ChronoUnit.DAYS.between(this.now, certificate.getNotAfter().toInstant());
	}

	private String validityOf(X509Certificate certificate) {
		long days = daysLeft(certificate);
		if (this.now.isAfter(certificate.getNotAfter().toInstant())) {
			return (days == 0) ? "ended within the last day" : "ended %s ago".formatted(inWords(-days));
		}
		return (days == 0) ? "less than a day left" : "%s left".formatted(inWords(days));
	}

	private static String inWords(long days) {
		return (days == 1) ? "1 day" : "%d days".formatted(days);
	}

	private static String subjectOf(X509Certificate certificate) {
		String name = certificate.getSubjectX500Principal().getName();
		return name.isEmpty() ? "serial number " + certificate.getSerialNumber() : name;
	}

}
