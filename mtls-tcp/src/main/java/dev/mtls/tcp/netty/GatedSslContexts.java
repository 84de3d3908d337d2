package dev.mtls.tcp.netty;

import java.security.PublicKey;
import java.security.interfaces.EdECPublicKey;
import java.util.List;
import java.util.Set;

import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.X509ExtendedTrustManager;

import io.netty.handler.ssl.ApplicationProtocolConfig;
import io.netty.handler.ssl.ApplicationProtocolConfig.Protocol;
import io.netty.handler.ssl.ApplicationProtocolConfig.SelectedListenerFailureBehavior;
import io.netty.handler.ssl.ApplicationProtocolConfig.SelectorFailureBehavior;
import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.IdentityCipherSuiteFilter;
import io.netty.handler.ssl.JdkSslContext;
import io.netty.handler.ssl.OpenSslCachingX509KeyManagerFactory;
import io.netty.handler.ssl.OpenSslContextOption;
import io.netty.handler.ssl.ReferenceCountedOpenSslEngine;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslProvider;
import org.jspecify.annotations.Nullable;
import reactor.util.Logger;
import reactor.util.Loggers;

import dev.mtls.decision.MtlsException;
import dev.mtls.decision.Reason;
import dev.mtls.gate.Gate;
import dev.mtls.material.KeyMaterial;
import dev.mtls.tls.FixedKeyManagerFactory;
import dev.mtls.tls.JdkStapling;
import dev.mtls.tls.SslContexts;
import dev.mtls.tls.TlsProfile;
import dev.mtls.trust.PeerRole;

/**
 * Makes Netty's {@link SslContext}s over the gate of a server or client. The engine is
 * netty-tcnative where it is on the class path and can use the gate's key, else the JDK:
 * BoringSSL has to be given the bytes of a key, and Netty gives it those of RSA and EC
 * keys only.
 */
public final class GatedSslContexts {

	private static final Logger logger = Loggers.getLogger(GatedSslContexts.class);

	// Netty would keep 20,480, and BoringSSL makes two for each connection
	private static final int CLIENT_SESSIONS = 1024;

	private static final Set<String> NATIVE_KEYS = Set.of("RSA", "EC");

	private final Gate gate;

	private final TlsProfile tls;

	private final String place;

	private final SslProvider engine;

	private final List<String> applicationProtocols;

	private final ClientAuth clientAuth;

	private volatile boolean fallenBack;

	/**
	 * Create a factory of contexts that negotiate what the gate allows.
	 * @param gate the gate
	 * @param place where the gate is configured, such as {@code mtls.server}, for
	 * messages
	 * @param engine the engine for keys that netty-tcnative can use
	 * @param applicationProtocols what ALPN offers or selects, in order of preference;
	 * none where it is not spoken
	 */
	public GatedSslContexts(Gate gate, String place, SslProvider engine, List<String> applicationProtocols) {
		this(gate, gate.settings().tls(), place, engine, applicationProtocols);
	}

	/**
	 * Create a factory of contexts.
	 * @param gate the gate
	 * @param tls what may be negotiated
	 * @param place where the gate is configured, such as {@code mtls.server}, for
	 * messages
	 * @param engine the engine for keys that netty-tcnative can use
	 * @param applicationProtocols what ALPN offers or selects, in order of preference;
	 * none where it is not spoken
	 * @throws MtlsException with {@code CONFIGURATION_CONFLICT} if more may be negotiated
	 * than the gate allows
	 */
	public GatedSslContexts(Gate gate, TlsProfile tls, String place, SslProvider engine,
			List<String> applicationProtocols) {
		this(gate, gate.settings().tls().narrowedTo(tls), place, engine, applicationProtocols,
				gate.settings().certificateRequiredInHandshake() ? ClientAuth.REQUIRE : ClientAuth.OPTIONAL);
	}

	private GatedSslContexts(Gate gate, TlsProfile tls, String place, SslProvider engine,
			List<String> applicationProtocols, ClientAuth clientAuth) {
		this.gate = gate;
		this.tls = tls;
		this.place = place;
		this.engine = engine;
		this.applicationProtocols = applicationProtocols;
		this.clientAuth = clientAuth;
	}

	/**
	 * The same factory for a server that asks clients for no certificate.
	 * @return another factory
	 * @throws MtlsException with {@code CONFIGURATION_CONFLICT} if the gate wants one
	 */
	public GatedSslContexts withoutClientAuthentication() {
		if (this.gate.settings().certificateRequired()) {
			throw new MtlsException(Reason.CONFIGURATION_CONFLICT, this.place,
					"clients are asked for no certificate, and the gate refuses who shows none",
					"open the gate without a certificate being required, or ask for one");
		}
		return new GatedSslContexts(this.gate, this.tls, this.place, this.engine, this.applicationProtocols,
				ClientAuth.NONE);
	}

	/**
	 * The engine that is used where nobody says otherwise.
	 * @return netty-tcnative where it is on the class path, else the JDK
	 */
	public static SslProvider defaultEngine() {
		return SslProvider.isAlpnSupported(SslProvider.OPENSSL) ? SslProvider.OPENSSL : SslProvider.JDK;
	}

	Gate gate() {
		return this.gate;
	}

	/**
	 * The engine that new contexts use, which depends on the current key.
	 * @return netty-tcnative or the JDK
	 */
	public SslProvider engine() {
		return engineFor(this.gate.snapshot().key());
	}

	/**
	 * Make a new context. No session of an older context can be resumed with it.
	 * @return the context
	 * @throws MtlsException if the engine cannot do what is configured
	 */
	public SslContext create() {
		// The key is that of the engine, even when the next one comes meanwhile
		KeyMaterial key = this.gate.snapshot().key();
		SslProvider engine = engineFor(key);
		KeyManagerFactory keys = keys(engine, key);
		SslContextBuilder builder = (isClient() ? forClient(keys) : forServer(keys)).sslProvider(engine)
			.trustManager(trust(engine))
			.protocols(this.tls.protocols())
			.ciphers(this.tls.cipherSuites(), IdentityCipherSuiteFilter.INSTANCE)
			.applicationProtocolConfig(applicationProtocolConfig());
		if (engine == SslProvider.OPENSSL) {
			checkTls13Suites();
			builder.option(OpenSslContextOption.GROUPS, this.tls.namedGroups().toArray(String[]::new));
			builder.enableOcsp(staples());
		}
		else if (staples() && !JdkStapling.isOn()) {
			logger.warn("No OCSP response is stapled: the key is one that only the TLS engine of the JDK can use");
		}
		try {
			return builder.build();
		}
		catch (SSLException | IllegalArgumentException | IllegalStateException | UnsupportedOperationException ex) {
			throw new MtlsException(Reason.ENGINE_UNSUPPORTED, this.place,
					"the TLS engine of Netty (%s) cannot do what is configured: %s".formatted(engine, ex.getMessage()),
					"change protocols, ciphers, named-groups or ocsp-stapling, or remove netty-tcnative from the class path",
					ex);
		}
	}

	/**
	 * Set on a connection what an engine takes there and not with its context.
	 * @param context the context of the connection
	 * @param handler the TLS of the connection
	 */
	public void configure(SslContext context, SslHandler handler) {
		if (context instanceof JdkSslContext) {
			SSLParameters parameters = handler.engine().getSSLParameters();
			this.tls.applyTo(parameters);
			handler.engine().setSSLParameters(parameters);
		}
		else if (staples()) {
			staple(handler.engine());
		}
	}

	/**
	 * Check that the engine staples OCSP responses if the gate wants that. A later key
	 * that only the engine of the JDK can use is not kept out for it.
	 * @throws MtlsException if it cannot
	 */
	public void checkStapling() {
		if (engineFor(this.gate.snapshot().key()) == SslProvider.JDK) {
			if (staples()) {
				JdkStapling.check(this.place + ".ocsp-stapling=true");
			}
		}
		else if (staples()) {
			// The first that is asked for, so that it is there before the first peer
			this.gate.ocspResponse();
		}
	}

	private ApplicationProtocolConfig applicationProtocolConfig() {
		return this.applicationProtocols.isEmpty() ? ApplicationProtocolConfig.DISABLED
				: new ApplicationProtocolConfig(Protocol.ALPN, SelectorFailureBehavior.NO_ADVERTISE,
						SelectedListenerFailureBehavior.ACCEPT, this.applicationProtocols);
	}

	private SslContextBuilder forServer(KeyManagerFactory keys) {
		return SslContextBuilder.forServer(keys).clientAuth(this.clientAuth);
	}

	private static SslContextBuilder forClient(KeyManagerFactory keys) {
		// The trust manager checks the host name, and only where the gate says so
		return SslContextBuilder.forClient()
			.keyManager(keys)
			.endpointIdentificationAlgorithm(null)
			.sessionCacheSize(CLIENT_SESSIONS);
	}

	private boolean isClient() {
		return this.gate.settings().peerRole() == PeerRole.SERVER;
	}

	private boolean staples() {
		return this.gate.settings().ocspStapling();
	}

	private void staple(SSLEngine engine) {
		byte[] response = this.gate.ocspResponse();
		if (response != null && engine instanceof ReferenceCountedOpenSslEngine nativeEngine) {
			nativeEngine.setOcspResponse(response);
		}
	}

	private SslProvider engineFor(@Nullable KeyMaterial key) {
		if (this.engine == SslProvider.JDK || key == null) {
			return SslProvider.JDK;
		}
		String algorithm = key.leaf().getPublicKey().getAlgorithm();
		boolean nativeKey = NATIVE_KEYS.contains(algorithm) && key.isExtractable();
		if (!nativeKey && !this.fallenBack) {
			logger
				.warn(("[%s] netty-tcnative cannot use %s, so that the TLS engine of the JDK is used, which is slower;"
						+ " use an EC or RSA key from a file, or remove netty-tcnative from the class path")
					.formatted(this.gate.settings().name(),
							key.isExtractable() ? "a key of the kind " + nameOf(key.leaf().getPublicKey())
									: "a key that stays on its token"));
		}
		this.fallenBack = !nativeKey;
		return nativeKey ? this.engine : SslProvider.JDK;
	}

	private static String nameOf(PublicKey key) {
		return (key instanceof EdECPublicKey edwards) ? edwards.getParams().getName() : key.getAlgorithm();
	}

	private static KeyManagerFactory keys(SslProvider engine, @Nullable KeyMaterial key) {
		KeyManagerFactory keys = new FixedKeyManagerFactory(SslContexts.keyManager(() -> key));
		// Else every handshake would have the key parsed anew
		return (engine == SslProvider.OPENSSL) ? new OpenSslCachingX509KeyManagerFactory(keys) : keys;
	}

	private X509ExtendedTrustManager trust(SslProvider engine) {
		X509ExtendedTrustManager trust = this.gate.pathTrustManager();
		return (engine == SslProvider.OPENSSL) ? new AlertingTrustManager(trust) : trust;
	}

	private void checkTls13Suites() {
		List<String> suites = tls13Suites(this.tls);
		if (this.tls.protocols().contains("TLSv1.3") && !suites.equals(tls13Suites(TlsProfile.defaults()))) {
			throw new MtlsException(Reason.ENGINE_UNSUPPORTED, this.place + ".ciphers",
					"netty-tcnative cannot restrict the cipher suites of TLS 1.3 to %s".formatted(suites),
					"remove those suites, or remove netty-tcnative from the class path");
		}
	}

	private static List<String> tls13Suites(TlsProfile tls) {
		return tls.cipherSuites().stream().filter((suite) -> !suite.contains("_WITH_")).toList();
	}

}
