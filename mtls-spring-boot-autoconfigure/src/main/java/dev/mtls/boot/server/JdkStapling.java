package dev.mtls.boot.server;

import dev.mtls.decision.MtlsException;
import dev.mtls.decision.Reason;
import dev.mtls.gate.Gate;

/**
 * OCSP stapling by the TLS engine of the JDK. It takes no response from anybody: it gets
 * one by itself, in every context of the JVM or in none.
 */
public final class JdkStapling {

	/**
	 * The system property that switches it on. The JDK reads it for each context.
	 */
	static final String PROPERTY = "jdk.tls.server.enableStatusRequestExtension";

	private JdkStapling() {
	}

	/**
	 * Whether the engine of the JDK staples.
	 * @return whether its system property is set
	 */
	public static boolean isOn() {
		return Boolean.getBoolean(PROPERTY);
	}

	/**
	 * Check that the engine of the JDK staples if the gate wants that.
	 * @param gate the gate of a server whose TLS is that of the JDK
	 * @throws MtlsException with {@code ENGINE_UNSUPPORTED} if it does not
	 */
	public static void check(Gate gate) {
		if (gate.settings().ocspStapling() && !isOn()) {
			throw new MtlsException(Reason.ENGINE_UNSUPPORTED,
					"mtls.%s.ocsp-stapling=true".formatted(gate.settings().name()),
					"the TLS engine of this server is that of the JDK, which staples only with the system property %s=true"
						.formatted(PROPERTY),
					"start Java with -D%s=true, or use Netty with netty-tcnative and an RSA or EC key"
						.formatted(PROPERTY));
		}
	}

}
