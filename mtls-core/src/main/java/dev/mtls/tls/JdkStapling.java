package dev.mtls.tls;

import dev.mtls.decision.MtlsException;
import dev.mtls.decision.Reason;

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
	 * Check that the engine of the JDK staples.
	 * @param place the property that wants it, such as
	 * {@code mtls.server.ocsp-stapling=true}
	 * @throws MtlsException with {@code ENGINE_UNSUPPORTED} if it does not
	 */
	public static void check(String place) {
		if (!isOn()) {
			throw new MtlsException(Reason.ENGINE_UNSUPPORTED, place,
					"the TLS engine of this server is that of the JDK, which staples only with the system property %s=true"
						.formatted(PROPERTY),
					"start Java with -D%s=true, or use Netty with netty-tcnative and an RSA or EC key"
						.formatted(PROPERTY));
		}
	}

}
