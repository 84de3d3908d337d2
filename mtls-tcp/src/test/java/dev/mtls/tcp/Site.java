package dev.mtls.tcp;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;

import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.netty.ByteBufFlux;

import dev.mtls.decision.MtlsException;
import dev.mtls.decision.Reason;
import dev.mtls.event.MtlsEvent;
import dev.mtls.event.TlsSession;
import dev.mtls.gate.Gate;
import dev.mtls.gate.GateSettings;
import dev.mtls.gate.KillSwitch;
import dev.mtls.gate.SnapshotLocations;
import dev.mtls.gate.SnapshotLocationsBuilder;
import dev.mtls.identity.PeerIdentity;
import dev.mtls.revocation.RevocationPolicy;
import dev.mtls.source.Watcher;
import dev.mtls.tcp.client.MtlsTcpClient;
import dev.mtls.tcp.server.MtlsTcpServer;
import dev.mtls.tcp.server.TcpListener;
import dev.mtls.test.TestAuthority;
import dev.mtls.test.TestCertificate;
import dev.mtls.tls.TlsProfile;

/**
 * Servers and clients with certificates of one authority, whose gates are walked.
 */
public final class Site implements AutoCloseable {

	/**
	 * Revocation by the CRLs of a gate's locations, of the peer's own certificate.
	 */
	public static final RevocationPolicy CRLS = new RevocationPolicy(RevocationPolicy.Mode.HARD_FAIL,
			RevocationPolicy.Scope.LEAF, null, true, List.of(), false, null);

	private static final Duration BOUND = Duration.ofSeconds(10);

	private final TestAuthority authority = TestAuthority.create();

	private final List<MtlsEvent> events = new CopyOnWriteArrayList<>();

	private final KillSwitch killSwitch = new KillSwitch(false);

	private final Passing clock = new Passing();

	private final ScheduledExecutorService walker = Executors.newSingleThreadScheduledExecutor();

	private final List<TcpListener> listeners = new ArrayList<>();

	/**
	 * The authority that everybody trusts.
	 * @return the authority
	 */
	public TestAuthority authority() {
		return this.authority;
	}

	/**
	 * Have time pass for all gates.
	 * @param time how much
	 */
	public void pass(Duration time) {
		this.clock.passed = this.clock.passed.plus(time);
	}

	public KillSwitch killSwitch() {
		return this.killSwitch;
	}

	public List<MtlsEvent> events() {
		return this.events;
	}

	/**
	 * The reasons of the peers that were refused.
	 * @return the reasons, the first refusal first
	 */
	public List<Reason> refusals() {
		return this.events.stream()
			.filter(MtlsEvent.PeerRefused.class::isInstance)
			.map((event) -> ((MtlsEvent.PeerRefused) event).reason())
			.toList();
	}

	/**
	 * The TLS sessions of the peers that were refused after their handshake.
	 * @return the sessions, the first refusal first
	 */
	public List<TlsSession> refusedSessions() {
		return this.events.stream()
			.filter(MtlsEvent.PeerRefused.class::isInstance)
			.map((event) -> ((MtlsEvent.PeerRefused) event).tls())
			.filter(Objects::nonNull)
			.toList();
	}

	/**
	 * The names of the peers that were admitted, by servers and clients alike.
	 * @return the names, the first admission first
	 */
	public List<String> admissions() {
		return this.events.stream()
			.filter(MtlsEvent.PeerAdmitted.class::isInstance)
			.map((event) -> ((MtlsEvent.PeerAdmitted) event).identity())
			.map((identity) -> (identity != null) ? identity.displayName() : "nobody")
			.toList();
	}

	/**
	 * The reasons of the connections that were cut.
	 * @return the reasons, the first first
	 */
	public List<Reason> cuts() {
		return this.events.stream()
			.filter(MtlsEvent.ConnectionCut.class::isInstance)
			.map((event) -> ((MtlsEvent.ConnectionCut) event).reason())
			.toList();
	}

	/**
	 * A gate for a server whose clients need a certificate.
	 * @return the gate
	 */
	public Gate serverGate() {
		return serverGate(UnaryOperator.identity(), (locations) -> {
		});
	}

	public Gate serverGate(UnaryOperator<GateSettings> settings, Consumer<SnapshotLocationsBuilder> locations) {
		return open(settings.apply(GateSettings.server(true, TlsProfile.defaults())), this.authority.server(),
				locations);
	}

	/**
	 * A gate for a client.
	 * @param name the DNS name in its certificate
	 * @return the gate
	 */
	public Gate clientGate(String name) {
		return clientGate(this.authority.client(name), UnaryOperator.identity(), (locations) -> {
		});
	}

	public Gate clientGate(TestCertificate certificate, UnaryOperator<GateSettings> settings,
			Consumer<SnapshotLocationsBuilder> locations) {
		return open(settings.apply(GateSettings.client("client", true, TlsProfile.defaults())), certificate, locations);
	}

	public Gate open(GateSettings settings, TestCertificate certificate, Consumer<SnapshotLocationsBuilder> changes) {
		SnapshotLocationsBuilder locations = SnapshotLocations.builder("mtls." + settings.name())
			.pem(certificate.chainPem(), certificate.privateKeyPem(), null)
			.trustCertificates(List.of(this.authority.anchorPem()));
		changes.accept(locations);
		Gate gate = Gate.builder(settings, locations.build())
			.clock(this.clock)
			.events(this.events::add)
			.killSwitch(this.killSwitch)
			.executor(this.walker)
			.open();
		new Watcher(this.walker, Duration.ofMillis(100), gate::walk, (failure) -> {
		});
		return gate;
	}

	/**
	 * A server that listens on loopback and is closed with this.
	 * @param server the server
	 * @return the listener
	 */
	public TcpListener listen(MtlsTcpServer server) {
		TcpListener listener = server.host("127.0.0.1").bindNow();
		this.listeners.add(listener);
		return listener;
	}

	/**
	 * A client of a server of this site.
	 * @param listener the listener
	 * @param name the DNS name in the certificate of the client
	 * @return the client
	 */
	public MtlsTcpClient client(TcpListener listener, String name) {
		return MtlsTcpClient.create(clientGate(name)).host("localhost").port(listener.port());
	}

	/**
	 * A server that sends back what it receives until the peer closes its output.
	 * @param engine the engine of the server
	 * @return the listener
	 */
	public TcpListener echo(TlsEngine engine) {
		return echo(engine, serverGate());
	}

	public TcpListener echo(TlsEngine engine, Gate gate) {
		return listen(MtlsTcpServer.create(gate).engine(engine).handle(Site::echo));
	}

	public static Mono<Void> echo(TcpConnection connection) {
		return connection.send(connection.receive().retain());
	}

	/**
	 * Send a text and wait for as many characters.
	 * @param connection a connection to a server that sends back what it receives
	 * @param text the text
	 * @return the answer
	 */
	public static String exchange(TcpConnection connection, String text) {
		end(send(connection, text));
		return get(connection.receive()
			.asString()
			.scan("", String::concat)
			.filter((all) -> all.length() >= text.length())
			.next());
	}

	public static Mono<Void> send(TcpConnection connection, String text) {
		return connection.send(ByteBufFlux.fromString(Mono.just(text)));
	}

	/**
	 * Wait for the failure of something, 10 seconds at most.
	 * @param publisher what is to fail
	 * @return the failure
	 */
	public static Throwable failure(Publisher<?> publisher) {
		return get(Flux.from(publisher)
			.then(Mono.<Throwable>empty())
			.onErrorResume(Mono::just)
			.switchIfEmpty(Mono.error(() -> new AssertionError("It did not fail"))));
	}

	/**
	 * The reason why a client did not connect.
	 * @param client the client
	 * @return the reason
	 */
	public static Reason reason(MtlsTcpClient client) {
		return (failure(client.connect()) instanceof MtlsException exception) ? exception.reason() : Reason.INTERNAL;
	}

	public static Path write(Path file, byte[] content) {
		try {
			return Files.write(file, content);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/**
	 * The location of something that is in no file.
	 * @param content the content
	 * @return the location
	 */
	public static String inline(byte[] content) {
		return "base64:" + Base64.getEncoder().encodeToString(content);
	}

	public static Path write(Path file, String content) {
		return write(file, content.getBytes(StandardCharsets.UTF_8));
	}

	/**
	 * Wait for a value, 10 seconds at most.
	 * @param <T> the type of the value
	 * @param mono gives the value
	 * @return the value
	 */
	public static <T> T get(Mono<T> mono) {
		return Objects.requireNonNull(mono.block(BOUND), "There is no value");
	}

	/**
	 * Wait for an end, 10 seconds at most.
	 * @param mono completes or fails
	 */
	public static void end(Mono<Void> mono) {
		mono.block(BOUND);
	}

	/**
	 * The name of the peer of a connection.
	 * @param connection the connection
	 * @return the name
	 */
	public static String peer(TcpConnection connection) {
		PeerIdentity identity = connection.peerIdentity();
		return (identity != null) ? identity.displayName() : "nobody";
	}

	/**
	 * Wait until something holds, 10 seconds at most.
	 * @param condition the condition
	 */
	public static void await(BooleanSupplier condition) {
		await(condition, BOUND);
	}

	public static void await(BooleanSupplier condition, Duration bound) {
		Instant end = Instant.now().plus(bound);
		while (!condition.getAsBoolean()) {
			if (Instant.now().isAfter(end)) {
				throw new AssertionError("It did not come to hold within " + bound);
			}
			LockSupport.parkNanos(1_000_000);
		}
	}

	@Override
	public void close() {
		this.listeners.forEach((listener) -> listener.close(Duration.ZERO).block(BOUND));
		this.walker.shutdownNow();
		Leaks.check();
	}

	/**
	 * The time of this machine, and what has passed beside.
	 */
	private static final class Passing implements InstantSource {

		private volatile Duration passed = Duration.ZERO;

		@Override
		public Instant instant() {
			return Instant.now().plus(this.passed);
		}

	}

}
