package dev.mtls.cli.doctor;

import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;

import dev.mtls.decision.MtlsException;
import dev.mtls.material.KeyMaterial;

/**
 * Says what the server makes of a client certificate.
 */
final class ClientPolicy {

	private final Plan plan;

	private final Instant now;

	ClientPolicy(Plan plan, Instant now) {
		this.plan = plan;
		this.now = now;
	}

	/**
	 * Say what is known before a certificate may be shown.
	 * @param first what was seen of a connection without one
	 * @return the step, in which nothing can be wrong but that none is asked for
	 */
	Step unproven(Encounter first) {
		Map<String, Object> facts = facts(first.demand());
		if (first.demand() == null) {
			return notAsked(facts);
		}
		String why = (this.plan.key() != null) ? "yours is only shown to a server that is verified"
				: "whether it requires one is only tried with a server that is verified";
		return new Step(StepName.POLICY, Status.SKIPPED,
				"asks for a client certificate; %s; %s".formatted(first.demand().issuersText(), why), facts, List.of());
	}

	/**
	 * Say what came of the connection with the certificate, or without one if there is
	 * none.
	 * @param met what was seen of it
	 * @return the step
	 */
	Step proven(Encounter met) {
		CertificateDemand demand = met.demand();
		Map<String, Object> facts = facts(demand);
		Failure failure = met.failure();
		if (demand == null) {
			// A server that asks for none may close an idle connection as soon as it
			// likes
			return (failure == null || failure.kind() == Failure.Kind.CLOSED) ? notAsked(facts)
					: Step.of(StepName.POLICY, "the second connection failed", facts, List.of(failure.finding()));
		}
		KeyMaterial key = this.plan.key();
		return (key != null) ? withKey(key, demand, failure, facts) : withoutKey(demand, failure, facts);
	}

	private Step notAsked(Map<String, Object> facts) {
		KeyMaterial key = this.plan.key();
		List<Finding> findings = (key != null)
				? List.of(Finding.of(Problem.CLIENT_CERTIFICATE_NOT_ASKED_FOR, nameOf(key.leaf()))) : List.of();
		return Step.of(StepName.POLICY, "asks for no client certificate", facts, findings);
	}

	private static Step withoutKey(CertificateDemand demand, @Nullable Failure failure, Map<String, Object> facts) {
		boolean required = failure != null;
		facts.put("required", required);
		String asks = (required ? "requires a client certificate; %s"
				: "asks for a client certificate, but goes on" + " without; %s")
			.formatted(demand.issuersText());
		List<Finding> findings = (failure != null)
				? List.of(Finding.of(Problem.CLIENT_CERTIFICATE_REQUIRED, textOf(failure))) : List.of();
		return Step.of(StepName.POLICY, asks, facts, findings);
	}

	private Step withKey(KeyMaterial key, CertificateDemand demand, @Nullable Failure failure,
			Map<String, Object> facts) {
		List<Finding> findings = new ArrayList<>();
		facts.put("presented", demand.met());
		facts.put("accepted", demand.met() && failure == null);
		try {
			key.checkValidity(this.now);
		}
		catch (MtlsException ex) {
			findings.add(Finding.of(Problem.CLIENT_CERTIFICATE_INVALID, ex.problem()));
		}
		if (!demand.met()) {
			findings.add(Finding.of(Problem.CLIENT_CERTIFICATE_UNUSABLE, "yours has a key of type %s, it takes %s"
				.formatted(key.leaf().getPublicKey().getAlgorithm(), String.join(", ", demand.keyTypes()))));
		}
		else if (failure != null) {
			findings.add(Refusal.of(failure, key, demand.issuers()));
		}
		String outcome = (demand.met() && failure == null) ? "accepts" : "does not accept";
		return Step.of(StepName.POLICY, "asks for a client certificate and %s %s; %s".formatted(outcome,
				nameOf(key.leaf()), demand.issuersText()), facts, findings);
	}

	private static Map<String, Object> facts(@Nullable CertificateDemand demand) {
		Map<String, Object> facts = new LinkedHashMap<>();
		facts.put("asked", demand != null);
		facts.put("issuers", (demand != null) ? demand.issuers() : List.of());
		return facts;
	}

	private static String textOf(Failure failure) {
		return (failure.kind() == Failure.Kind.ALERT) ? "alert " + failure.detail() : failure.detail();
	}

	private static String nameOf(X509Certificate certificate) {
		return certificate.getSubjectX500Principal().getName();
	}

}
