package dev.mtls.boot.client.httpcomponents;

import java.io.File;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.SslContextBuilder;
import org.apache.hc.client5.http.DnsResolver;
import org.apache.hc.client5.http.SystemDefaultDnsResolver;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.boot.http.client.HttpClientSettings;
import org.springframework.boot.http.client.InetAddressFilter;
import reactor.core.publisher.Mono;
import reactor.netty.DisposableServer;
import reactor.netty.http.Http2SslContextSpec;
import reactor.netty.http.HttpProtocol;
import reactor.netty.http.server.HttpServer;
import reactor.netty.tcp.SslProvider;

import dev.mtls.boot.client.ClientGate;
import dev.mtls.boot.client.HttpsPeer;
import dev.mtls.boot.client.gate.ClientGeneration;
import dev.mtls.boot.client.gate.ClientPool;
import dev.mtls.decision.MtlsException;
import dev.mtls.decision.Reason;
import dev.mtls.event.MtlsEvent;
import dev.mtls.gate.Gate;
import dev.mtls.gate.GateSettings;
import dev.mtls.gate.SnapshotLocations;
import dev.mtls.gate.SnapshotLocationsBuilder;
import dev.mtls.revocation.RevocationPolicy;
import dev.mtls.test.Flaw;
import dev.mtls.test.OcspResponder;
import dev.mtls.test.TestAuthority;
import dev.mtls.test.TestCertificate;
import dev.mtls.tls.TlsProfile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.catchThrowable;

/**
 * Tests for {@link HttpComponentsClients} against real TLS servers.
 */
class HttpComponentsClientsTests {

	private static final Duration BOUND = Duration.ofSeconds(10);

	private static final Duration PROMPT = Duration.ofSeconds(2);

	@TempDir
	private Path directory;

	private final Deque<AutoCloseable> opened = new ArrayDeque<>();

	private final ExecutorService executor = Executors.newCachedThreadPool();

	private @Nullable ClientGate clientGate;

	private DnsResolver resolver = SystemDefaultDnsResolver.INSTANCE;

	private HttpClientSettings settings = HttpClientSettings.defaults();

	private ClientPool pool = ClientPool.DEFAULTS;

	@AfterEach
	void close() throws Exception {
		this.executor.shutdownNow();
		while (!this.opened.isEmpty()) {
			this.opened.pop().close();
		}
	}

	@ParameterizedTest
	@EnumSource
	void requestPresentsTheCertificateAndIsAnswered(ClientKind kind) {
		HttpsPeer peer = peer(open(UnaryOperator.identity()).authority.server());
		OpenClient client = client(kind);
		assertThat(client.get(peer.url("localhost", "/whoami"))).isEqualTo("CN=client");
		assertThat(client.get(peer.url("127.0.0.1", "/whoami"))).isEqualTo("CN=client");
	}

	@ParameterizedTest
	@EnumSource
	void requestOffersTheProfileOnly(ClientKind kind) throws Exception {
		ClientGate opened = open(UnaryOperator.identity());
		HttpsPeer peer = peer(opened.authority.server());
		TlsProfile profile = new TlsProfile(List.of("TLSv1.2"),
				List.of("TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384", "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384"), List.of());
		OpenClient client = client(kind,
				gate(opened.authority, GateSettings.client("client", true, profile), this.executor));
		client.get(peer.url("localhost", "/whoami"));
		assertThat(peer.connections()).singleElement().satisfies((socket) -> {
			assertThat(socket.getSession().getProtocol()).isEqualTo("TLSv1.2");
			assertThat(socket.getSession().getCipherSuite()).contains("AES_256_GCM");
		});
	}

	@ParameterizedTest
	@CsvSource({ "OTHER_AUTHORITY, ISSUER_UNKNOWN", "WRONG_NAME, HOST_NAME_MISMATCH", "EXPIRED, CERTIFICATE_EXPIRED" })
	void requestWhenServerIsNotTrustedFailsWithTheReasonAndTellsIt(Flaw flaw, Reason reason) {
		ClientGate opened = open(UnaryOperator.identity());
		HttpsPeer peer = peer(opened.authority.server(flaw));
		for (ClientKind kind : ClientKind.values()) {
			opened.events.clear();
			assertThat(refusal(client(kind), peer.url("localhost", "/whoami"))).isEqualTo(reason);
			assertThat(opened.events)
				.anyMatch((event) -> event instanceof MtlsEvent.PeerRefused refused && refused.reason() == reason);
		}
		assertThat(peer.requests()).isZero();
	}

	@ParameterizedTest
	@EnumSource
	void requestWhenHostNameIsNotCheckedGoesByIdentity(ClientKind kind) {
		this.clientGate = new ClientGate(this.directory, false,
				(locations) -> locations.allowedPeers("allowed-servers", List.of("dns:wrong.example")));
		this.opened.push(this.clientGate);
		HttpsPeer wrong = peer(this.clientGate.authority.server(Flaw.WRONG_NAME));
		HttpsPeer other = peer(this.clientGate.authority.server());
		OpenClient client = client(kind);
		assertThat(client.get(wrong.url("localhost", "/whoami"))).isEqualTo("CN=client");
		assertThat(refusal(client, other.url("localhost", "/whoami"))).isEqualTo(Reason.IDENTITY_NOT_ALLOWED);
		assertThat(other.requests()).isZero();
	}

	@ParameterizedTest
	@EnumSource
	void requestWhenPinDiffersFailsWithoutAnotherAddress(ClientKind kind) throws Exception {
		ClientGate opened = open((locations) -> locations.pins(List.of("spki-sha256:" + "A".repeat(43) + "=")));
		HttpsPeer peer = peer(opened.authority.server());
		this.resolver = new FixedResolver(() -> List.of("127.0.0.1", "127.0.0.2"));
		assertThat(refusal(client(kind), peer.url("localhost", "/whoami"))).isEqualTo(Reason.PIN_MISMATCH);
		assertThat(peer.requests()).isZero();
		assertThat(opened.gate().connections()).isEmpty();
	}

	@ParameterizedTest
	@EnumSource
	void requestWhenAddressIsNotListedDoesNotConnect(ClientKind kind) {
		ClientGate opened = open((locations) -> locations.allowedNetworks(List.of("127.0.0.2/32")));
		HttpsPeer peer = peer(opened.authority.server());
		OpenClient client = client(kind);
		for (String host : List.of("127.0.0.1", "localhost")) {
			assertThat(refusal(client, peer.url(host, "/whoami"))).isEqualTo(Reason.ADDRESS_NOT_ALLOWED);
		}
		assertThat(catchThrowable(() -> client.get(peer.url("127.0.0.1", "/"))))
			.hasStackTraceContaining("127.0.0.1 is in no allowed network");
		assertThat(peer.accepted()).isZero();
	}

	@ParameterizedTest
	@EnumSource
	void requestWhenResolverChangesItsAnswerConnectsToListedAddressesOnly(ClientKind kind) throws Exception {
		ClientGate opened = open((locations) -> locations.allowedNetworks(List.of("127.0.0.2/32")));
		HttpsPeer listed = peer(opened.authority.server(), InetAddress.getByName("127.0.0.2"));
		AtomicReference<List<String>> answer = new AtomicReference<>(List.of("127.0.0.1", "127.0.0.2"));
		this.resolver = new FixedResolver(answer::get);
		this.settings = this.settings.withInetAddressFilter(InetAddressFilter.all());
		OpenClient client = client(kind);
		assertThat(client.get(listed.url("localhost", "/whoami"))).isEqualTo("CN=client");
		answer.set(List.of("127.0.0.1"));
		HttpsPeer unlisted = peer(opened.authority.server());
		assertThat(refusal(client, unlisted.url("localhost", "/whoami"))).isEqualTo(Reason.ADDRESS_NOT_ALLOWED);
		assertThat(unlisted.accepted()).isZero();
	}

	@ParameterizedTest
	@EnumSource
	void requestWhenApplicationsFilterRefusesDoesNotConnect(ClientKind kind) {
		HttpsPeer peer = peer(open(UnaryOperator.identity()).authority.server());
		this.settings = this.settings.withInetAddressFilter(InetAddressFilter.of("10.0.0.0/8"));
		OpenClient client = client(kind);
		assertThat(catchThrowable(() -> client.get(peer.url("localhost", "/whoami"))))
			.hasStackTraceContaining("Filtered host 'localhost'");
		assertThat(peer.accepted()).isZero();
	}

	@ParameterizedTest
	@EnumSource
	void requestWhenApplicationReplacesTheManagerIsStillDecidedOn(ClientKind kind) {
		ClientGate opened = open((locations) -> locations.allowedNetworks(List.of("127.0.0.2/32")));
		HttpsPeer peer = peer(opened.authority.server());
		OpenClient client = kind.openCustomized(new ClientGeneration(opened.gate()));
		this.opened.push(client);
		assertThat(refusal(client, peer.url("localhost", "/whoami"))).isEqualTo(Reason.ADDRESS_NOT_ALLOWED);
		assertThat(peer.handshakes()).isZero();
	}

	@ParameterizedTest
	@EnumSource
	void requestWhenKillSwitchIsEngagedDoesNotConnect(ClientKind kind) {
		ClientGate opened = open(UnaryOperator.identity());
		HttpsPeer peer = peer(opened.authority.server());
		opened.killSwitch.set(true);
		assertThat(refusal(client(kind), peer.url("localhost", "/whoami"))).isEqualTo(Reason.KILL_SWITCH);
		assertThat(peer.accepted()).isZero();
	}

	@ParameterizedTest
	@CsvSource({ "IMPERATIVE, /whoami", "IMPERATIVE, /hold", "IMPERATIVE, /stream", "REACTIVE, /whoami",
			"REACTIVE, /hold", "REACTIVE, /stream" })
	void connectionWhenKillSwitchIsEngagedIsCut(ClientKind kind, String path) throws Exception {
		ClientGate opened = open(UnaryOperator.identity());
		HttpsPeer peer = peer(opened.authority.server());
		OpenClient client = client(kind);
		Future<String> request = this.executor.submit(() -> client.get(peer.url("localhost", path)));
		await(() -> peer.requests() == 1 && (!path.equals("/whoami") || request.isDone()));
		opened.killSwitch.set(true);
		await(PROMPT, () -> peer.connections().isEmpty() && opened.gate().connections().isEmpty());
		await(PROMPT, request::isDone);
		assertThat(catchThrowable(request::get) != null).isEqualTo(!path.equals("/whoami"));
	}

	@ParameterizedTest
	@EnumSource
	void connectionWhenItsServerIsNoLongerAllowedIsCutAlone(ClientKind kind) throws Exception {
		String both = ClientGate.rules(this.directory, "allowed", "dns:localhost", "dns:other.example");
		ClientGate opened = open((locations) -> locations.allowedPeers("allowed-servers", List.of(both)));
		HttpsPeer leaving = peer(opened.authority.server());
		HttpsPeer staying = peer(opened.authority.server((request) -> request.dns("other.example")));
		OpenClient client = client(kind);
		Future<String> cut = this.executor.submit(() -> client.get(leaving.url("localhost", "/hold")));
		Future<String> kept = this.executor.submit(() -> client.get(staying.url("localhost", "/hold")));
		await(() -> leaving.requests() == 1 && staying.requests() == 1);
		opened.rules("allowed", "dns:other.example");
		assertThat(opened.gate().reload()).isTrue();
		await(PROMPT, () -> leaving.connections().isEmpty());
		await(PROMPT, cut::isDone);
		// The request is told before the gate forgets the connection
		await(PROMPT, () -> opened.gate().connections().size() == 1);
		staying.release();
		assertThat(kept.get(10, TimeUnit.SECONDS)).isEqualTo("CN=client");
	}

	@ParameterizedTest
	@EnumSource
	void handshakeWhenItHangsEndsInTime(ClientKind kind) throws Exception {
		TestAuthority authority = TestAuthority.create();
		try (ServerSocket silent = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
			Gate gate = gate(authority, GateSettings.client("client", true, TlsProfile.defaults())
				.withHandshakeTimeout(Duration.ofMillis(300)), this.executor);
			OpenClient client = client(kind, gate);
			assertThat(refusal(client, "https://localhost:" + silent.getLocalPort()))
				.isEqualTo(Reason.HANDSHAKE_TIMEOUT);
		}
	}

	@ParameterizedTest
	@EnumSource
	void handshakeWhenBytesTrickleInEndsInTime(ClientKind kind) throws Exception {
		TestAuthority authority = TestAuthority.create();
		try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
			Future<?> trickling = this.executor.submit(() -> trickle(server));
			Gate gate = gate(authority, GateSettings.client("client", true, TlsProfile.defaults())
				.withHandshakeTimeout(Duration.ofSeconds(1)), this.executor);
			OpenClient client = client(kind, gate);
			Future<Reason> reason = this.executor
				.submit(() -> refusal(client, "https://localhost:" + server.getLocalPort()));
			await(() -> {
				gate.walk();
				return reason.isDone();
			});
			assertThat(reason.get()).isEqualTo(Reason.HANDSHAKE_TIMEOUT);
			await(trickling::isDone);
		}
	}

	@ParameterizedTest
	@EnumSource
	void requestIsHeldUntilTheRevocationIsKnown(ClientKind kind) throws Exception {
		TestAuthority authority = TestAuthority.create();
		OcspResponder responder = authority.ocspResponder();
		this.opened.push(responder);
		Queue<Runnable> asked = new ConcurrentLinkedQueue<>();
		Gate gate = gate(authority,
				GateSettings.client("client", true, TlsProfile.defaults())
					.withRevocation(new RevocationPolicy(RevocationPolicy.Mode.HARD_FAIL, RevocationPolicy.Scope.LEAF,
							null, false, List.of(), false,
							new RevocationPolicy.OcspPolicy(responder.uri(), false, Duration.ofSeconds(2)))),
				asked::add);
		TestCertificate good = authority.server();
		TestCertificate revoked = authority.server();
		responder.revoke(revoked.certificate());
		OpenClient client = client(kind, gate);
		HttpsPeer peer = peer(authority, good, InetAddress.getLoopbackAddress());
		Future<String> request = this.executor.submit(() -> client.get(peer.url("localhost", "/whoami")));
		await(() -> !asked.isEmpty() && peer.handshakes() == 1);
		assertThat(peer.requests()).isZero();
		runAll(asked, request);
		assertThat(request.get()).isEqualTo("CN=client");
		HttpsPeer refused = peer(authority, revoked, InetAddress.getLoopbackAddress());
		Future<Reason> refusal = this.executor.submit(() -> refusal(client, refused.url("localhost", "/whoami")));
		runAll(asked, refusal);
		assertThat(refusal.get()).isEqualTo(Reason.CERTIFICATE_REVOKED);
		assertThat(refused.requests()).isZero();
	}

	@ParameterizedTest
	@EnumSource
	void thousandRequestsMakeOneHandshake(ClientKind kind) {
		HttpsPeer peer = peer(open(UnaryOperator.identity()).authority.server());
		OpenClient client = client(kind);
		for (int i = 0; i < 1000; i++) {
			client.get(peer.url("localhost", "/whoami"));
		}
		assertThat(peer.requests()).isEqualTo(1000);
		assertThat(peer.handshakes()).isEqualTo(1);
	}

	@ParameterizedTest
	@EnumSource
	void requestsWithBodiesMakeOneHandshake(ClientKind kind) {
		HttpsPeer peer = peer(open(UnaryOperator.identity()).authority.server());
		OpenClient client = client(kind);
		for (int i = 0; i < 100; i++) {
			assertThat(client.post(peer.url("localhost", "/whoami"), "body")).isEqualTo("CN=client");
		}
		assertThat(peer.handshakes()).isEqualTo(1);
	}

	@ParameterizedTest
	@CsvSource({ "IMPERATIVE, HTTP/1.1", "REACTIVE, HTTP/2.0" })
	void requestSpeaksTheNewestProtocolOfItsClient(ClientKind kind, String protocol) throws Exception {
		ClientGate opened = open(UnaryOperator.identity());
		opened.authority.server().writeTo(this.directory, "server");
		SslProvider.GenericSslContextSpec<SslContextBuilder> tls = Http2SslContextSpec
			.forServer(this.directory.resolve("server.crt").toFile(), this.directory.resolve("server.key").toFile())
			.configure(
					(context) -> context.clientAuth(ClientAuth.REQUIRE).trustManager(opened.authority.certificate()));
		DisposableServer server = HttpServer.create()
			.host("127.0.0.1")
			.port(0)
			.protocol(HttpProtocol.H2, HttpProtocol.HTTP11)
			.secure((spec) -> spec.sslContext(tls))
			.handle((request, response) -> response.sendString(Mono.just(request.version().text())))
			.bindNow();
		this.opened.push(server::disposeNow);
		OpenClient client = client(kind);
		String url = "https://localhost:" + server.port();
		for (int i = 0; i < 20; i++) {
			assertThat(client.get(url)).isEqualTo(protocol);
		}
		assertThat(opened.gate().connections()).hasSize(1);
		opened.killSwitch.set(true);
		await(() -> opened.gate().connections().isEmpty());
		// The connection may still be in the pool, whose next user is told by who uses
		// this
		await(() -> reasonOf(catchThrowable(() -> client.get(url))) == Reason.KILL_SWITCH);
	}

	@ParameterizedTest
	@EnumSource
	void connectionWhenServerClosesItIsForgotten(ClientKind kind) {
		ClientGate opened = open(UnaryOperator.identity());
		HttpsPeer peer = peer(opened.authority.server());
		OpenClient client = client(kind);
		assertThat(catchThrowable(() -> client.get(peer.url("localhost", "/drop")))).isNotNull();
		await(() -> opened.gate().connections().isEmpty());
	}

	@ParameterizedTest
	@EnumSource
	void connectionWhenIdleTooLongIsClosed(ClientKind kind) {
		ClientGate opened = open(UnaryOperator.identity());
		HttpsPeer peer = peer(opened.authority.server());
		this.pool = new ClientPool(4, 2, Duration.ofMillis(200), null, Duration.ZERO);
		OpenClient client = client(kind);
		client.get(peer.url("localhost", "/whoami"));
		await(() -> peer.connections().isEmpty() && opened.gate().connections().isEmpty());
	}

	@ParameterizedTest
	@EnumSource
	void connectionsAreNoMoreThanThePoolAllows(ClientKind kind) throws Exception {
		HttpsPeer peer = peer(open(UnaryOperator.identity()).authority.server());
		this.pool = new ClientPool(8, 2, null, null, Duration.ZERO);
		OpenClient client = client(kind);
		List<Callable<String>> calls = List.of(() -> client.get(peer.url("localhost", "/whoami")),
				() -> client.get(peer.url("localhost", "/hold")), () -> client.get(peer.url("localhost", "/hold")));
		List<Future<String>> requests = calls.stream().map(this.executor::submit).toList();
		await(() -> peer.requests() >= 2);
		peer.release();
		for (Future<String> request : requests) {
			assertThat(request.get(10, TimeUnit.SECONDS)).isEqualTo("CN=client");
		}
		assertThat(peer.accepted()).isEqualTo(2);
	}

	@ParameterizedTest
	@EnumSource
	void closerClosesConnectionsAndThreads(ClientKind kind) throws Exception {
		ClientGate opened = open(UnaryOperator.identity());
		HttpsPeer peer = peer(opened.authority.server());
		this.pool = new ClientPool(4, 2, Duration.ofMinutes(1), Duration.ofMinutes(1), Duration.ZERO);
		OpenClient client = client(kind);
		client.get(peer.url("localhost", "/whoami"));
		Future<String> held = this.executor.submit(() -> client.get(peer.url("localhost", "/hold")));
		await(() -> peer.requests() == 2);
		client.close();
		await(held::isDone);
		await(() -> peer.connections().isEmpty() && opened.gate().connections().isEmpty());
		await(() -> Thread.getAllStackTraces()
			.keySet()
			.stream()
			.map(Thread::getName)
			.noneMatch((name) -> name.startsWith("httpclient-") || name.startsWith("idle-connection-evictor")
					|| name.startsWith("Scheduled-executor")));
	}

	@Test
	void imperativeClientNeedsNoReactor() throws Exception {
		List<URL> urls = new ArrayList<>();
		for (String element : System.getProperty("java.class.path").split(File.pathSeparator, -1)) {
			if (!element.matches(".*(reactor|reactive|webflux|netty).*[.]jar")) {
				urls.add(Path.of(element).toUri().toURL());
			}
		}
		try (URLClassLoader loader = new URLClassLoader(urls.toArray(URL[]::new),
				ClassLoader.getPlatformClassLoader())) {
			assertThatExceptionOfType(ClassNotFoundException.class)
				.isThrownBy(() -> loader.loadClass("reactor.core.publisher.Mono"));
			Callable<?> request = (Callable<?>) loader.loadClass(ImperativeOnly.class.getName())
				.getConstructor(Path.class)
				.newInstance(this.directory);
			assertThat(request.call()).isEqualTo("CN=client");
		}
	}

	private ClientGate open(UnaryOperator<SnapshotLocationsBuilder> locations) {
		this.clientGate = new ClientGate(this.directory, true, locations);
		this.opened.push(this.clientGate);
		return this.clientGate;
	}

	private Gate gate(TestAuthority authority, GateSettings gateSettings, Executor revocation) {
		authority.client("client").writeTo(this.directory, "own");
		authority.writeTo(this.directory, "own-ca");
		return Gate
			.builder(gateSettings,
					SnapshotLocations.builder("mtls.client")
						.pem(this.directory.resolve("own.crt").toUri().toString(),
								this.directory.resolve("own.key").toUri().toString(), null)
						.trustCertificates(List.of(this.directory.resolve("own-ca.crt").toUri().toString()))
						.build())
			.revocationExecutor(revocation)
			.open();
	}

	private HttpsPeer peer(TestCertificate certificate) {
		return peer(certificate, InetAddress.getLoopbackAddress());
	}

	private HttpsPeer peer(TestCertificate certificate, InetAddress address) {
		return peer(Objects.requireNonNull(this.clientGate).authority, certificate, address);
	}

	private HttpsPeer peer(TestAuthority authority, TestCertificate certificate, InetAddress address) {
		HttpsPeer peer = new HttpsPeer(authority, certificate, address);
		this.opened.push(peer);
		return peer;
	}

	private OpenClient client(ClientKind kind) {
		return client(kind, Objects.requireNonNull(this.clientGate).gate());
	}

	private OpenClient client(ClientKind kind, Gate gate) {
		OpenClient client = kind.open(this.resolver, this.settings, new ClientGeneration(gate), this.pool);
		this.opened.push(client);
		return client;
	}

	// The header of a TLS record, and then its content byte by byte
	private static @Nullable Void trickle(ServerSocket server) throws IOException {
		try (Socket socket = server.accept()) {
			socket.setSoTimeout(50);
			socket.getOutputStream().write(new byte[] { 22, 3, 3, 64, 0 });
			while (true) {
				try {
					if (socket.getInputStream().read() == -1) {
						return null;
					}
				}
				catch (SocketTimeoutException ex) {
					socket.getOutputStream().write(0);
				}
			}
		}
		catch (SocketException ex) {
			return null;
		}
	}

	private static Reason refusal(OpenClient client, String url) {
		Throwable failure = catchThrowable(() -> client.get(url));
		Reason reason = reasonOf(failure);
		if (reason == null) {
			throw new AssertionError("No reason", failure);
		}
		return reason;
	}

	private static @Nullable Reason reasonOf(Throwable failure) {
		return Stream.<Throwable>iterate(failure, Objects::nonNull, Throwable::getCause)
			.filter(MtlsException.class::isInstance)
			.map((cause) -> ((MtlsException) cause).reason())
			.findFirst()
			.orElse(null);
	}

	private static void runAll(Queue<Runnable> tasks, Future<?> until) {
		await(() -> {
			for (Runnable task = tasks.poll(); task != null; task = tasks.poll()) {
				task.run();
			}
			return until.isDone();
		});
	}

	private static void await(BooleanSupplier condition) {
		await(BOUND, condition);
	}

	private static void await(Duration bound, BooleanSupplier condition) {
		long end = System.nanoTime() + bound.toNanos();
		while (!condition.getAsBoolean()) {
			assertThat(System.nanoTime()).as("not within %s", bound).isLessThan(end);
			Thread.onSpinWait();
		}
	}

}
