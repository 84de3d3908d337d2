package dev.mtls.cli.doctor;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

import dev.mtls.decision.Decision;

/**
 * Walks a connection step by step, and goes on behind a problem where more can be
 * learned. It makes up to three connections: one to look at the server, one that shows
 * the client certificate to a server that was verified, and one that resumes its session.
 * None carries application data, and each wait has a bound.
 */
final class Doctor {

	private final InstantSource clock;

	private final HostResolver resolver;

	Doctor(InstantSource clock) {
		this(clock, InetAddress::getAllByName);
	}

	Doctor(InstantSource clock, HostResolver resolver) {
		this.clock = clock;
		this.resolver = resolver;
	}

	/**
	 * Find out what is wrong with a connection.
	 * @param plan what to look at
	 * @return the diagnosis
	 */
	Diagnosis examine(Plan plan) {
		List<Step> steps = new ArrayList<>();
		Resolution resolution = Resolution.of(this.resolver, plan.target().host(), plan.timeout());
		steps.add(resolution.step());
		if (!resolution.addresses().isEmpty()) {
			Connection connection = Connection.toOneOf(resolution.addresses(), plan.target().port(), plan.timeout());
			steps.add(connection.step());
			if (connection.address() != null && connection.socket() != null) {
				addTlsSteps(steps, plan, connection.address(), connection.socket());
			}
		}
		return Diagnosis.of(plan, steps);
	}

	private void addTlsSteps(List<Step> steps, Plan plan, InetSocketAddress address, BoundedSocket socket) {
		Instant now = this.clock.instant();
		// Whatever the server is, nothing but a handshake without a certificate goes to
		// it
		Function<List<X509Certificate>, Decision> lookOn = (chain) -> new Decision.Allow("only looked at");
		Encounter first = new TlsClient(plan, null, lookOn).meet(socket, Duration.ZERO);
		steps.add(handshake(first));
		if (first.chain().isEmpty()) {
			return;
		}
		ServerJudge judge = new ServerJudge(plan, now);
		steps.add(judge.chain(first.chain()));
		steps.add(judge.name(first.chain().get(0)));
		ClientPolicy policy = new ClientPolicy(plan, now);
		if (!judge.decide(first.chain()).isAllowed()) {
			steps.add(policy.unproven(first));
			return;
		}
		TlsClient client = new TlsClient(plan, plan.key(), judge::decide);
		Encounter second = meet(client, plan, address, plan.patience());
		steps.add(policy.proven(second));
		if (second.failure() == null) {
			steps.add(resumption(meet(client, plan, address, Duration.ZERO)));
		}
	}

	private static Step handshake(Encounter first) {
		Map<String, Object> facts = new LinkedHashMap<>();
		if (first.protocol().isEmpty()) {
			Failure failure = (first.failure() != null) ? first.failure() : Failure.closed();
			return Step.of(StepName.HANDSHAKE, "not completed", facts, List.of(failure.finding()));
		}
		facts.put("protocol", first.protocol());
		facts.put("cipherSuite", first.cipherSuite());
		Failure failure = first.failure();
		// Whoever asks for a certificate may well refuse to go on without one
		List<Finding> findings = (failure == null || first.demand() != null) ? List.of() : List.of(failure.finding());
		return Step.of(StepName.HANDSHAKE, "%s, %s".formatted(first.protocol(), first.cipherSuite()), facts, findings);
	}

	private static Step resumption(Encounter third) {
		Map<String, Object> facts = Map.of("resumed", third.resumed());
		String seen = third.resumed() ? "a second connection resumed the session"
				: "not resumed: each connection is a full handshake";
		Failure failure = third.failure();
		return Step.of(StepName.RESUMPTION, seen, facts, (failure != null) ? List.of(failure.finding()) : List.of());
	}

	private static Encounter meet(TlsClient client, Plan plan, InetSocketAddress address, Duration patience) {
		try {
			return client.meet(Connection.open(address, plan.timeout()), patience);
		}
		catch (IOException ex) {
			return new Encounter(List.of(), "", "", null, false,
					new Failure(Failure.Kind.OTHER, "a further connection was not possible: " + ex.getMessage()));
		}
	}

}
