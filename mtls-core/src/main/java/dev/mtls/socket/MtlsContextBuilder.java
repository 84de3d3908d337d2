package dev.mtls.socket;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

import org.jspecify.annotations.Nullable;

import dev.mtls.decision.MtlsException;
import dev.mtls.decision.Reason;
import dev.mtls.event.MtlsEvent;
import dev.mtls.gate.ConnectionLimits;
import dev.mtls.gate.Gate;
import dev.mtls.gate.GateSettings;
import dev.mtls.gate.KillSwitch;
import dev.mtls.gate.SnapshotLocations;
import dev.mtls.gate.SnapshotLocationsBuilder;
import dev.mtls.revocation.RevocationPolicy;
import dev.mtls.tls.TlsProfile;

/**
 * Builds an {@link MtlsContext}. Locations are {@code file:}, {@code classpath:} or
 * {@code base64:} texts, paths, or PEM text itself; files may change while the context is
 * used. Not for use by several threads.
 */
public final class MtlsContextBuilder {

	static final String PREFIX = "MtlsContext";

	private static final String STORE_TYPE = "PKCS12";

	private static final List<String> PROTOCOLS = List.of("TLSv1.2", "TLSv1.3");

	private final ContextEvents events = new ContextEvents();

	private final SnapshotLocationsBuilder locations = SnapshotLocations.builder(PREFIX);

	private @Nullable String certificate;

	private @Nullable String privateKey;

	private @Nullable String privateKeyPassword;

	private boolean keyStore;

	private @Nullable List<String> allowedNames;

	private @Nullable List<String> crls;

	private RevocationPolicy revocation = RevocationPolicy.OFF;

	private String minimumTls = "TLSv1.2";

	private String maximumTls = "TLSv1.3";

	private boolean clientCertificateRequired = true;

	private ServerCheck serverCheck = ServerCheck.HOSTNAME;

	private ConnectionLimits limits = ConnectionLimits.NONE;

	private Duration handshakeTimeout = Duration.ofSeconds(10);

	private Duration connectTimeout = Duration.ofSeconds(10);

	private @Nullable Duration readTimeout;

	private @Nullable Duration writeTimeout;

	private Duration reloadInterval = Duration.ofSeconds(10);

	MtlsContextBuilder() {
	}

	/**
	 * Set the own certificate.
	 * @param location the location of the chain, the own certificate first
	 * @return this builder
	 */
	public MtlsContextBuilder certificate(String location) {
		this.certificate = location;
		return this;
	}

	/**
	 * Set the own private key.
	 * @param location the location of the key
	 * @return this builder
	 */
	public MtlsContextBuilder privateKey(String location) {
		this.privateKey = location;
		return this;
	}

	/**
	 * Set the password of the private key.
	 * @param password the password
	 * @return this builder
	 */
	public MtlsContextBuilder privateKeyPassword(String password) {
		this.privateKeyPassword = password;
		return this;
	}

	/**
	 * Take the own key and chain from a PKCS#12 store that holds one key.
	 * @param location the location of the store
	 * @param password the password of the store, or {@code null} if it has none
	 * @return this builder
	 * @throws MtlsException if the location cannot be used
	 */
	public MtlsContextBuilder keyStore(String location, @Nullable String password) {
		return keyStore(location, STORE_TYPE, password, null, null);
	}

	/**
	 * Take the own key and chain from a key store.
	 * @param location the location of the store
	 * @param type the type of the store, such as {@code PKCS12} or {@code JKS}
	 * @param password the password of the store, or {@code null} if it has none
	 * @param keyPassword the password of the key, or {@code null} if it is that of the
	 * store
	 * @param alias the alias of the key, or {@code null} if the store holds only one
	 * @return this builder
	 * @throws MtlsException if the location cannot be used
	 */
	public MtlsContextBuilder keyStore(String location, String type, @Nullable String password,
			@Nullable String keyPassword, @Nullable String alias) {
		this.keyStore = true;
		this.locations.keyStore(location, type, password, keyPassword, alias);
		return this;
	}

	/**
	 * Set the trust anchors.
	 * @param locations locations of certificates: files, directories or globs, each
	 * perhaps {@code optional:}, or PEM text
	 * @return this builder
	 */
	public MtlsContextBuilder trustCertificates(String... locations) {
		this.locations.trustCertificates(List.of(locations));
		return this;
	}

	/**
	 * Take trust anchors from a PKCS#12 store.
	 * @param location the location of the store
	 * @param password the password of the store, or {@code null} if it has none
	 * @return this builder
	 * @throws MtlsException if the location cannot be used
	 */
	public MtlsContextBuilder trustStore(String location, @Nullable String password) {
		return trustStore(location, STORE_TYPE, password);
	}

	/**
	 * Take trust anchors from a key store.
	 * @param location the location of the store
	 * @param type the type of the store, such as {@code PKCS12} or {@code JKS}
	 * @param password the password of the store, or {@code null} if it has none
	 * @return this builder
	 * @throws MtlsException if the location cannot be used
	 */
	public MtlsContextBuilder trustStore(String location, String type, @Nullable String password) {
		this.locations.trustStore(location, type, password);
		return this;
	}

	/**
	 * Set the oldest version of TLS that may be negotiated.
	 * @param protocol {@code TLSv1.2}, as if not set, or {@code TLSv1.3}
	 * @return this builder
	 */
	public MtlsContextBuilder minimumTls(String protocol) {
		this.minimumTls = protocol;
		return this;
	}

	/**
	 * Set the newest version of TLS that may be negotiated.
	 * @param protocol {@code TLSv1.2}, or {@code TLSv1.3} as if not set
	 * @return this builder
	 */
	public MtlsContextBuilder maximumTls(String protocol) {
		this.maximumTls = protocol;
		return this;
	}

	/**
	 * Whether a client without certificate is refused. Where it is not, nothing but its
	 * address is asked of it; one that has a certificate has to be allowed all the same.
	 * @param required whether it is, {@code true} if not set
	 * @return this builder
	 */
	public MtlsContextBuilder requireClientCertificate(boolean required) {
		this.clientCertificateRequired = required;
		return this;
	}

	/**
	 * Set what a server's certificate is checked for beside its path.
	 * @param check the check, {@link ServerCheck#HOSTNAME} if not set. The others need
	 * {@linkplain #allowedNames allowed names}
	 * @return this builder
	 */
	public MtlsContextBuilder serverCheck(ServerCheck check) {
		this.serverCheck = check;
		return this;
	}

	/**
	 * Allow only peers with these identities, be they clients or servers.
	 * @param patterns identity patterns such as {@code dns:*.example.com} or
	 * {@code spiffe://example.com/billing}, or {@code file:} locations of such; everybody
	 * with a path to a trust anchor is allowed if not set
	 * @return this builder
	 */
	public MtlsContextBuilder allowedNames(String... patterns) {
		this.allowedNames = List.of(patterns);
		return this;
	}

	/**
	 * Allow only peers in these networks, be they clients or servers.
	 * @param networks networks in CIDR notation, addresses, or {@code file:} locations of
	 * such; all are allowed if not set
	 * @return this builder
	 */
	public MtlsContextBuilder allowedNetworks(String... networks) {
		this.locations.allowedNetworks(List.of(networks));
		return this;
	}

	/**
	 * Allow only peers whose path holds one of these keys or certificates.
	 * @param pins pins, or {@code file:} locations of such
	 * @return this builder
	 */
	public MtlsContextBuilder pins(String... pins) {
		this.locations.pins(List.of(pins));
		return this;
	}

	/**
	 * Refuse peers whose certificates these CRLs revoke, and those of whom they do not
	 * tell.
	 * @param locations locations of CRLs: files, directories or globs, each perhaps
	 * {@code optional:}
	 * @return this builder
	 */
	public MtlsContextBuilder crls(String... locations) {
		this.crls = List.of(locations);
		return this;
	}

	/**
	 * Set where else to learn whether a peer's certificate is revoked, and what follows
	 * where that is not known.
	 * @param policy the policy; that there are {@link #crls} goes without saying
	 * @return this builder
	 */
	public MtlsContextBuilder revocation(RevocationPolicy policy) {
		this.revocation = policy;
		return this;
	}

	/**
	 * Set how much clients may use up.
	 * @param limits the limits of all listeners together, none if not set
	 * @return this builder
	 */
	public MtlsContextBuilder limits(ConnectionLimits limits) {
		this.limits = limits;
		return this;
	}

	/**
	 * Bound how long a handshake may take in all, however many bytes trickle in.
	 * @param timeout the bound, 10 seconds if not set
	 * @return this builder
	 */
	public MtlsContextBuilder handshakeTimeout(Duration timeout) {
		this.handshakeTimeout = timeout;
		return this;
	}

	/**
	 * Bound how long it may take until an address of a server accepts a TCP connection.
	 * @param timeout the bound for each address, 10 seconds if not set
	 * @return this builder
	 */
	public MtlsContextBuilder connectTimeout(Duration timeout) {
		this.connectTimeout = timeout;
		return this;
	}

	/**
	 * Bound how long a read waits.
	 * @param timeout the bound, none if not set
	 * @return this builder
	 * @see MtlsConnection#readTimeout
	 */
	public MtlsContextBuilder readTimeout(Duration timeout) {
		this.readTimeout = timeout;
		return this;
	}

	/**
	 * Bound how long a peer may take nothing of what is written.
	 * @param timeout the bound, none if not set
	 * @return this builder
	 * @see MtlsConnection#writeTimeout
	 */
	public MtlsContextBuilder writeTimeout(Duration timeout) {
		this.writeTimeout = timeout;
		return this;
	}

	/**
	 * Set how often to look whether anything changed in the files.
	 * @param interval the pause between two looks, 10 seconds if not set
	 * @return this builder
	 */
	public MtlsContextBuilder reloadInterval(Duration interval) {
		this.reloadInterval = interval;
		return this;
	}

	/**
	 * Be told what happens, from the first warning on.
	 * @param listener is told on the thread on which it happens: it must not block
	 * @return this builder
	 * @see MtlsContext#onEvent
	 */
	public MtlsContextBuilder onEvent(Consumer<? super MtlsEvent> listener) {
		this.events.add(listener);
		return this;
	}

	/**
	 * Read everything and build the context.
	 * @return the context, to be closed by the caller
	 * @throws MtlsException if something is wrong, contradicts something else, or cannot
	 * be read; its place begins with {@value #PREFIX}
	 */
	public MtlsContext build() {
		ContextThreads threads = new ContextThreads();
		try {
			return new MtlsContext(this, threads);
		}
		catch (RuntimeException | Error ex) {
			threads.close();
			throw ex;
		}
	}

	ContextEvents events() {
		return this.events;
	}

	Timeouts timeouts() {
		return new Timeouts(Timeouts.check(place("connectTimeout"), this.connectTimeout),
				(this.readTimeout != null) ? Timeouts.check(place("readTimeout"), this.readTimeout) : null,
				(this.writeTimeout != null) ? Timeouts.check(place("writeTimeout"), this.writeTimeout) : null);
	}

	Duration reloadInterval() {
		return Timeouts.check(place("reloadInterval"), this.reloadInterval);
	}

	Gate clientGate(KillSwitch killSwitch, ContextThreads threads) {
		if (this.serverCheck != ServerCheck.HOSTNAME && this.allowedNames == null) {
			throw new MtlsException(Reason.CONFIGURATION_CONFLICT,
					"%s=%s".formatted(place("serverCheck"), this.serverCheck),
					"there is no identity to check, because allowedNames is not set",
					"set allowedNames, or serverCheck to HOSTNAME");
		}
		return open(GateSettings.client("client", this.serverCheck != ServerCheck.IDENTITY, tls()), killSwitch,
				threads);
	}

	@Nullable Gate serverGate(KillSwitch killSwitch, ContextThreads threads) {
		if (this.certificate == null && !this.keyStore) {
			return null;
		}
		GateSettings settings = GateSettings.server(this.clientCertificateRequired, tls()).withLimits(this.limits);
		return open(settings, killSwitch, threads);
	}

	private Gate open(GateSettings settings, KillSwitch killSwitch, ContextThreads threads) {
		Timeouts.check(place("handshakeTimeout"), this.handshakeTimeout);
		GateSettings complete = settings.withHandshakeTimeout(this.handshakeTimeout).withRevocation(policy());
		return Gate.builder(complete, locations())
			.killSwitch(killSwitch)
			.events(this.events)
			.executor(threads::runSoon)
			.revocationExecutor(threads.revocation())
			.open();
	}

	private SnapshotLocations locations() {
		return this.locations.pem(this.certificate, this.privateKey, this.privateKeyPassword)
			.allowedPeers("allowed-names", this.allowedNames)
			.crls(this.crls)
			.build();
	}

	private RevocationPolicy policy() {
		if (this.crls == null) {
			return this.revocation;
		}
		return new RevocationPolicy(this.revocation.mode(), this.revocation.scope(), this.revocation.maxAge(), true,
				this.revocation.crlAddresses(), this.revocation.distributionPoints(), this.revocation.ocsp());
	}

	private TlsProfile tls() {
		int minimum = PROTOCOLS.indexOf(known("minimumTls", this.minimumTls));
		int maximum = PROTOCOLS.indexOf(known("maximumTls", this.maximumTls));
		if (minimum > maximum) {
			throw new MtlsException(Reason.CONFIGURATION_CONFLICT,
					"%s=%s".formatted(place("minimumTls"), this.minimumTls),
					"it is newer than maximumTls=%s".formatted(this.maximumTls), "remove one of them");
		}
		List<String> protocols = new ArrayList<>();
		for (int i = maximum; i >= minimum; i--) {
			protocols.add(PROTOCOLS.get(i));
		}
		return new TlsProfile(protocols, suites(protocols), List.of());
	}

	private static List<String> suites(List<String> protocols) {
		// Suites of a protocol that is not wanted are not offered
		return TlsProfile.defaults()
			.cipherSuites()
			.stream()
			.filter((suite) -> protocols.contains(suite.contains("_WITH_") ? "TLSv1.2" : "TLSv1.3"))
			.toList();
	}

	private static String known(String method, String protocol) {
		if (!PROTOCOLS.contains(protocol)) {
			throw new MtlsException(Reason.CONFIGURATION_INVALID, "%s=%s".formatted(place(method), protocol),
					"the version is unknown, or weaker than allowed", "choose from " + String.join(", ", PROTOCOLS));
		}
		return protocol;
	}

	private static String place(String method) {
		return "%s.%s".formatted(PREFIX, method);
	}

}
