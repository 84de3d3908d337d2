package dev.mtls.tcp;

import io.netty.handler.ssl.SslProvider;

import dev.mtls.decision.MtlsException;
import dev.mtls.decision.Reason;

/**
 * What speaks TLS. The rules of a gate hold on both.
 */
public enum TlsEngine {

	/**
	 * BoringSSL, by way of netty-tcnative. For keys that it cannot use (Ed25519, keys on
	 * a token) that of the JDK takes its place.
	 */
	NATIVE(SslProvider.OPENSSL, "netty-tcnative (BoringSSL)"),

	/**
	 * The engine of the JDK.
	 */
	JDK(SslProvider.JDK, "the JDK");

	private final SslProvider provider;

	private final String description;

	TlsEngine(SslProvider provider, String description) {
		this.provider = provider;
		this.description = description;
	}

	/**
	 * The engine that is used where nobody says otherwise.
	 * @return {@link #NATIVE} where netty-tcnative is on the class path and can be
	 * loaded, else {@link #JDK}
	 */
	public static TlsEngine preferred() {
		return SslProvider.isAlpnSupported(SslProvider.OPENSSL) ? NATIVE : JDK;
	}

	/**
	 * Check that the engine is there.
	 * @return this engine
	 * @throws MtlsException with {@code ENGINE_UNSUPPORTED} if it is not
	 */
	public TlsEngine checked() {
		if (this == NATIVE && preferred() != NATIVE) {
			throw new MtlsException(Reason.ENGINE_UNSUPPORTED, "engine=NATIVE",
					"netty-tcnative is not on the class path, or does not run on this machine",
					"add io.netty:netty-tcnative-boringssl-static with the classifier of this machine, or use the engine of the JDK");
		}
		return this;
	}

	/**
	 * The engine that Netty names otherwise.
	 * @param provider the provider
	 * @return the engine
	 */
	public static TlsEngine of(SslProvider provider) {
		return (provider == SslProvider.JDK) ? JDK : NATIVE;
	}

	/**
	 * The same as Netty names it.
	 * @return the provider
	 */
	public SslProvider provider() {
		return this.provider;
	}

	/**
	 * The name of the engine for people.
	 * @return the name
	 */
	@Override
	public String toString() {
		return this.description;
	}

}
