package dev.mtls.boot.event;

import java.net.InetAddress;
import java.util.concurrent.atomic.AtomicLong;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import dev.mtls.address.AddressText;
import dev.mtls.decision.Decision;
import dev.mtls.event.TlsSession;
import dev.mtls.gate.Explanation;
import dev.mtls.gate.HandshakeTrace;

/**
 * Writes the story of each handshake for debugging, about ten lines that begin with the
 * same number.
 */
public final class HandshakeLog implements HandshakeTrace {

	private static final Log logger = LogFactory.getLog("dev.mtls.handshake");

	private final AtomicLong last = new AtomicLong();

	@Override
	public boolean isEnabled() {
		return logger.isDebugEnabled();
	}

	@Override
	public void trace(String gate, @Nullable InetAddress address, @Nullable TlsSession tls, Explanation explanation) {
		String prefix = "[%s] #%d ".formatted(gate, this.last.incrementAndGet());
		logger.debug(prefix + ((address != null) ? "Peer at " + AddressText.of(address) : "Peer in its handshake"));
		if (tls != null) {
			logger.debug(prefix + session(tls));
		}
		for (Explanation.Step step : explanation.steps()) {
			logger.debug("%s%s %s: %s".formatted(prefix, step.passed() ? "passed" : "FAILED", step.subject(),
					step.detail()));
		}
		logger.debug(prefix + ((explanation.decision() instanceof Decision.Deny denial)
				? "Refused: %s (%d): %s".formatted(denial.reason().code(), denial.reason().number(), denial.detail())
				: "Admitted by %s".formatted(((Decision.Allow) explanation.decision()).rule())));
	}

	private static String session(TlsSession tls) {
		StringBuilder text = new StringBuilder("%s with %s".formatted(tls.protocol(), tls.cipherSuite()));
		if (tls.resumed() != null) {
			text.append(tls.resumed() ? ", resumed" : ", not resumed");
		}
		if (tls.handshakeTime() != null) {
			text.append(", after %d ms".formatted(tls.handshakeTime().toMillis()));
		}
		return text.toString();
	}

}
