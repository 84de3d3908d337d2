package dev.mtls.cli.doctor;

import java.time.Duration;

import org.jspecify.annotations.Nullable;

import dev.mtls.identity.ReferenceIdentifier;
import dev.mtls.material.KeyMaterial;
import dev.mtls.material.TrustMaterial;

/**
 * What to look at, and with what.
 *
 * @param target where to connect to
 * @param serverName the name that the server has to prove, sent to it as SNI unless it is
 * an IP address
 * @param reference the same, as certificates are compared with it
 * @param key the own certificate and key, or {@code null} for none
 * @param trust the anchors
 * @param systemTrust whether they are those of the JDK, and not given
 * @param timeout the bound on each wait
 */
record Plan(Target target, String serverName, ReferenceIdentifier reference, @Nullable KeyMaterial key,
		TrustMaterial trust, boolean systemTrust, Duration timeout) {

	private static final int PATIENCE_DIVISOR = 5;

	/**
	 * How long to wait for a refusal that comes after the handshake. In TLS 1.3 the
	 * client's handshake ends before the server has looked at its certificate.
	 * @return a part of the timeout
	 */
	Duration patience() {
		return this.timeout.dividedBy(PATIENCE_DIVISOR);
	}

}
