package dev.mtls.boot.client.jetty;

import java.io.File;
import java.io.IOException;
import java.lang.reflect.Method;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
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
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

import javax.net.ssl.SSLParameters;

import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.eclipse.jetty.client.AbstractConnectionPool;
import org.eclipse.jetty.client.HttpClient;
import org.eclipse.jetty.io.ssl.SslHandshakeListener;
import org.eclipse.jetty.util.SocketAddressResolver;
import org.eclipse.jetty.util.ssl.SslContextFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.boot.http.client.HttpClientSettings;

import dev.mtls.boot.client.ClientGate;
import dev.mtls.boot.client.HttpsPeer;
import dev.mtls.boot.client.gate.ClientGeneration;
import dev.mtls.boot.client.gate.ClientPool;
import dev.mtls.boot.client.jetty.JettyClient.Style;
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
import static org.assertj.core.api.Assertions.assertThatIOException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.awaitility.Awaitility.await;

/**
 * Tests for {@link JettyClients} against real servers.
 */
class JettyClientsTests {

	private static final String THREADS = "jetty-under-test";

	@TempDir
	private Path directory;

	private final Deque<AutoCloseable> opened = new ArrayDeque<>();

	@AfterEach
	void close() throws Exception {
		while (!this.opened.isEmpty()) {
			this.opened.pop().close();
		}
	}

	@ParameterizedTest
	@EnumSource
	void requestPresentsTheCertificateAndConnectionsAreReused(Style style) {
		ClientGate gate = gate();
		HttpsPeer peer = peer(gate);
		AtomicReference<HttpClient> used = new AtomicReference<>();
		JettyClient client = client(style, gate.gate(), ClientPool.DEFAULTS, used::set);
		for (int i = 0; i < 1000; i++) {
			assertThat(client.get(peer.url("localhost", "/whoami"))).isEqualTo("CN=client");
			awaitIdle(Objects.requireNonNull(used.get()));
		}
		assertThat(peer.handshakes()).isEqualTo(1);
		assertThat(peer.requests()).isEqualTo(1000);
		assertThat(gate.gate().connections()).singleElement()
			.satisfies((live) -> assertThat(live.address()).isEqualTo(InetAddress.getLoopbackAddress()));
	}

	static Stream<Arguments> flaws() {
		return Stream.of(Style.values())
			.flatMap((style) -> Stream.of(Arguments.of(style, Flaw.WRONG_NAME, Reason.HOST_NAME_MISMATCH),
					Arguments.of(style, Flaw.OTHER_AUTHORITY, Reason.ISSUER_UNKNOWN),
					Arguments.of(style, Flaw.EXPIRED, Reason.CERTIFICATE_EXPIRED)));
	}

	@ParameterizedTest
	@MethodSource("flaws")
	void requestWhenCertificateIsFlawedFailsWithTheReason(Style style, Flaw flaw, Reason reason) {
		ClientGate gate = gate();
		HttpsPeer peer = peer(gate.authority, gate.authority.server(flaw));
		JettyClient client = client(style, gate);
		assertRefused(() -> client.get(peer.url("localhost", "/whoami")), reason);
		assertThat(peer.requests()).isZero();
		assertThat(refusals(gate)).containsExactly(reason);
		await().until(gate.gate().connections()::isEmpty);
	}

	@ParameterizedTest
	@EnumSource
	void requestWhenApplicationSetsTlsOfItsOwnDoesNotUseIt(Style style) {
		ClientGate gate = gate();
		HttpsPeer peer = peer(gate);
		HttpsPeer impostor = peer(gate.authority, gate.authority.server(Flaw.OTHER_AUTHORITY));
		JettyClient client = client(style, gate.gate(), ClientPool.DEFAULTS,
				(jetty) -> jetty.setSslContextFactory(new SslContextFactory.Client(true)));
		assertThat(client.get(peer.url("localhost", "/whoami"))).isEqualTo("CN=client");
		assertRefused(() -> client.get(impostor.url("localhost", "/whoami")), Reason.ISSUER_UNKNOWN);
	}

	@ParameterizedTest
	@EnumSource
	void requestOffersTheProfileOnly(Style style) {
		ClientGate gate = gate();
		HttpsPeer peer = peer(gate);
		AtomicReference<SSLParameters> offered = new AtomicReference<>();
		JettyClient client = client(style, gate.gate(), ClientPool.DEFAULTS,
				(jetty) -> jetty.addBean(new SslHandshakeListener() {

					@Override
					public void handshakeSucceeded(Event event) {
						offered.set(event.getSSLEngine().getSSLParameters());
					}

				}));
		client.get(peer.url("localhost", "/whoami"));
		SSLParameters expected = new SSLParameters();
		TlsProfile.defaults().applyTo(expected);
		SSLParameters actual = Objects.requireNonNull(offered.get());
		assertThat(actual.getProtocols()).isEqualTo(expected.getProtocols());
		assertThat(actual.getCipherSuites()).isEqualTo(expected.getCipherSuites());
	}

	@ParameterizedTest
	@EnumSource
	void requestWhenIdentityIsNotAllowedFailsBeforeAByte(Style style) {
		ClientGate gate = gate((locations) -> locations.allowedPeers("allowed-servers", List.of("dns:other.example")));
		HttpsPeer peer = peer(gate);
		JettyClient client = client(style, gate);
		assertRefused(() -> client.get(peer.url("localhost", "/whoami")), Reason.IDENTITY_NOT_ALLOWED);
		assertThat(peer.requests()).isZero();
		await().until(gate.gate().connections()::isEmpty);
	}

	@ParameterizedTest
	@EnumSource
	void requestWhenNoPinMatchesFailsBeforeAByte(Style style) {
		String pin = "spki-sha256:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";
		ClientGate gate = gate((locations) -> locations.pins(List.of(pin)));
		HttpsPeer peer = peer(gate);
		JettyClient client = client(style, gate);
		assertRefused(() -> client.get(peer.url("localhost", "/whoami")), Reason.PIN_MISMATCH);
		assertThat(peer.requests()).isZero();
	}

	@ParameterizedTest
	@EnumSource
	void requestWhenRevocationHasToBeAskedWaitsForTheAnswer(Style style) throws IOException {
		TestAuthority authority = TestAuthority.create();
		OcspResponder responder = opened(authority.ocspResponder());
		RevocationPolicy policy = new RevocationPolicy(RevocationPolicy.Mode.HARD_FAIL, RevocationPolicy.Scope.LEAF,
				null, false, List.of(), false,
				new RevocationPolicy.OcspPolicy(responder.uri(), false, Duration.ofSeconds(10)));
		TestCertificate good = authority.server();
		TestCertificate revoked = authority.server();
		responder.revoke(revoked.certificate());
		Gate gate = gate(authority, (settings) -> settings.withRevocation(policy));
		JettyClient client = client(style, gate, ClientPool.DEFAULTS, (jetty) -> {
		});
		assertThat(client.get(peer(authority, good).url("localhost", "/whoami"))).isEqualTo("CN=client");
		HttpsPeer peer = peer(authority, revoked);
		assertRefused(() -> client.get(peer.url("localhost", "/whoami")), Reason.CERTIFICATE_REVOKED);
		assertThat(peer.requests()).isZero();
	}

	@ParameterizedTest
	@EnumSource
	void requestWhenRulesChangedIsRefusedEvenWithAResumedSession(Style style) {
		String rules = ClientGate.rules(this.directory, "servers", "dns:localhost");
		ClientGate gate = gate((locations) -> locations.allowedPeers("allowed-servers", List.of(rules)));
		HttpsPeer peer = peer(gate);
		JettyClient client = client(style, gate);
		client.get(peer.url("localhost", "/whoami"));
		gate.rules("servers", "dns:other.example");
		assertThat(gate.gate().reload()).isTrue();
		await().until(peer.connections()::isEmpty);
		assertRefused(() -> client.get(peer.url("localhost", "/whoami")), Reason.IDENTITY_NOT_ALLOWED);
		assertThat(peer.requests()).isEqualTo(1);
	}

	@ParameterizedTest
	@CsvSource({ "IMPERATIVE, localhost", "IMPERATIVE, 127.0.0.1", "REACTIVE, localhost", "REACTIVE, 127.0.0.1" })
	void requestWhenAddressIsNotListedFailsBeforeAConnection(Style style, String host) {
		ClientGate gate = gate((locations) -> locations.allowedNetworks(List.of("127.0.0.2")));
		HttpsPeer peer = peer(gate);
		JettyClient client = client(style, gate);
		assertRefused(() -> client.get(peer.url(host, "/whoami")), Reason.ADDRESS_NOT_ALLOWED);
		assertThat(peer.accepted()).isZero();
	}

	@ParameterizedTest
	@EnumSource
	void requestWhenSomeAddressesAreListedConnectsToThoseOnly(Style style) throws IOException {
		ClientGate gate = gate((locations) -> locations.allowedNetworks(List.of("127.0.0.2")));
		HttpsPeer peer = opened(
				new HttpsPeer(gate.authority, gate.authority.server(), InetAddress.getByName("127.0.0.2")));
		try (ServerSocket unlisted = new ServerSocket(peer.port(), 1, InetAddress.getLoopbackAddress())) {
			JettyClient client = client(style, gate.gate(), ClientPool.DEFAULTS,
					(jetty) -> jetty.setSocketAddressResolver(resolver("127.0.0.1", "127.0.0.2")));
			assertThat(client.get(peer.url("localhost", "/whoami"))).isEqualTo("CN=client");
			unlisted.setSoTimeout(1);
			assertThatIOException().isThrownBy(unlisted::accept).isInstanceOf(SocketTimeoutException.class);
		}
	}

	@ParameterizedTest
	@EnumSource
	void requestWhenServerIsRefusedGoesOnWithNoOtherAddress(Style style) {
		ClientGate gate = gate((locations) -> locations.allowedPeers("allowed-servers", List.of("dns:other.example")));
		HttpsPeer peer = peer(gate);
		JettyClient client = client(style, gate.gate(), ClientPool.DEFAULTS,
				(jetty) -> jetty.setSocketAddressResolver(resolver("127.0.0.1", "127.0.0.2")));
		assertRefused(() -> client.get(peer.url("localhost", "/whoami")), Reason.IDENTITY_NOT_ALLOWED);
	}

	@ParameterizedTest
	@EnumSource
	void requestWhenResolverChangesItsAnswerIsRefused(Style style) throws IOException {
		ClientGate gate = gate((locations) -> locations.allowedNetworks(List.of("127.0.0.2")));
		HttpsPeer listed = opened(
				new HttpsPeer(gate.authority, gate.authority.server(), InetAddress.getByName("127.0.0.2")));
		HttpsPeer unlisted = peer(gate);
		AtomicReference<String> answer = new AtomicReference<>("127.0.0.2");
		JettyClient client = client(style, gate.gate(), ClientPool.DEFAULTS,
				(jetty) -> jetty.setSocketAddressResolver(
						(host, port, context, promise) -> resolver(Objects.requireNonNull(answer.get())).resolve(host,
								port, context, promise)));
		assertThat(client.get(listed.url("localhost", "/whoami"))).isEqualTo("CN=client");
		answer.set("127.0.0.1");
		assertRefused(() -> client.get(unlisted.url("localhost", "/whoami")), Reason.ADDRESS_NOT_ALLOWED);
		assertThat(unlisted.accepted()).isZero();
	}

	@ParameterizedTest
	@EnumSource
	void requestWhenApplicationFiltersAddressesIsFilteredTwice(Style style) {
		ClientGate gate = gate();
		HttpsPeer peer = peer(gate);
		JettyClient client = opened(style.open(new ClientGeneration(gate.gate()),
				settings().withInetAddressFilter((address) -> false), ClientPool.DEFAULTS, (jetty) -> {
				}), JettyClient::close);
		assertThat(catchThrowable(() -> client.get(peer.url("localhost", "/whoami"))))
			.hasStackTraceContaining("Filtered");
		assertThat(peer.accepted()).isZero();
	}

	@ParameterizedTest
	@CsvSource({ "IMPERATIVE, /whoami", "IMPERATIVE, /hold", "IMPERATIVE, /stream", "REACTIVE, /whoami",
			"REACTIVE, /hold", "REACTIVE, /stream" })
	void connectionWhenServerIsNoLongerAllowedIsCutAtOnce(Style style, String path) {
		String rules = ClientGate.rules(this.directory, "servers", "dns:localhost", "dns:other.example");
		ClientGate gate = gate((locations) -> locations.allowedPeers("allowed-servers", List.of(rules)));
		HttpsPeer peer = peer(gate.authority, gate.authority.server((request) -> request.uri("spiffe://td/gone")));
		HttpsPeer other = peer(gate.authority, gate.authority.server((request) -> request.dns("other.example")));
		JettyClient client = client(style, gate);
		client.get(other.url("localhost", "/whoami"));
		CompletableFuture<Throwable> request = begin(client, peer, path);
		gate.rules("servers", "dns:other.example");
		assertThat(gate.gate().reload()).isTrue();
		await().atMost(Duration.ofSeconds(1)).until(peer.connections()::isEmpty);
		if (!path.equals("/whoami")) {
			assertThat(request).succeedsWithin(Duration.ofSeconds(1)).isNotNull();
		}
		assertThat(other.connections()).hasSize(1);
		assertThat(client.get(other.url("localhost", "/whoami"))).isEqualTo("CN=client");
		assertThat(other.handshakes()).isEqualTo(1);
		await().untilAsserted(() -> assertThat(gate.gate().connections()).hasSize(1));
	}

	@ParameterizedTest
	@CsvSource({ "IMPERATIVE, /whoami", "IMPERATIVE, /hold", "IMPERATIVE, /stream", "REACTIVE, /whoami",
			"REACTIVE, /hold", "REACTIVE, /stream" })
	void killSwitchCutsConnectionsAndLetsNoneBegin(Style style, String path) {
		ClientGate gate = gate();
		HttpsPeer peer = peer(gate);
		JettyClient client = client(style, gate);
		CompletableFuture<Throwable> request = begin(client, peer, path);
		gate.killSwitch.set(true);
		await().atMost(Duration.ofSeconds(1)).until(peer.connections()::isEmpty);
		if (!path.equals("/whoami")) {
			assertThat(request).succeedsWithin(Duration.ofSeconds(1)).isNotNull();
		}
		assertRefused(() -> client.get(peer.url("localhost", "/whoami")), Reason.KILL_SWITCH);
		assertThat(peer.accepted()).isEqualTo(1);
		gate.killSwitch.set(false);
		assertThat(client.get(peer.url("localhost", "/whoami"))).isEqualTo("CN=client");
	}

	@ParameterizedTest
	@EnumSource
	void requestWhenHandshakeHangsFailsInTime(Style style) throws IOException {
		Gate gate = gate(TestAuthority.create(), (settings) -> settings.withHandshakeTimeout(Duration.ofMillis(300)));
		JettyClient client = client(style, gate, ClientPool.DEFAULTS, (jetty) -> {
		});
		try (ServerSocket silent = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
			assertRefused(() -> client.get("https://localhost:%d/".formatted(silent.getLocalPort())),
					Reason.HANDSHAKE_TIMEOUT);
		}
	}

	@ParameterizedTest
	@EnumSource
	void poolHasNoMoreConnectionsToAHostThanAllowed(Style style) {
		ClientGate gate = gate();
		HttpsPeer peer = peer(gate);
		JettyClient client = client(style, gate.gate(), new ClientPool(null, 1, null, null, Duration.ZERO), (jetty) -> {
		});
		List<CompletableFuture<Throwable>> requests = Stream.generate(() -> begin(client, peer, "/hold"))
			.limit(2)
			.toList();
		peer.release();
		requests.forEach((request) -> assertThat(request).succeedsWithin(Duration.ofSeconds(5)).isNull());
		assertThat(peer.accepted()).isEqualTo(1);
	}

	@ParameterizedTest
	@EnumSource
	void poolClosesIdleConnectionsButNoneWithARequest(Style style) {
		ClientGate gate = gate();
		HttpsPeer busy = peer(gate);
		HttpsPeer idle = peer(gate);
		JettyClient client = client(style, gate.gate(),
				new ClientPool(null, null, Duration.ofSeconds(1), null, Duration.ZERO), (jetty) -> {
				});
		CompletableFuture<Throwable> request = begin(client, busy, "/hold");
		client.get(idle.url("localhost", "/whoami"));
		await().until(idle.connections()::isEmpty);
		assertThat(busy.connections()).hasSize(1);
		busy.release();
		assertThat(request).succeedsWithin(Duration.ofSeconds(5)).isNull();
		await().until(gate.gate().connections()::isEmpty);
	}

	@ParameterizedTest
	@EnumSource
	void poolReplacesConnectionsThatHaveLivedLongEnough(Style style) {
		ClientGate gate = gate();
		HttpsPeer peer = peer(gate);
		JettyClient client = client(style, gate.gate(),
				new ClientPool(null, null, null, Duration.ofMillis(1), Duration.ZERO), (jetty) -> {
				});
		await().until(() -> {
			client.get(peer.url("localhost", "/whoami"));
			return peer.handshakes() > 1;
		});
	}

	@ParameterizedTest
	@EnumSource
	void closerEndsConnectionsRequestsAndThreadsForGood(Style style) {
		ClientGate gate = gate();
		HttpsPeer peer = peer(gate);
		JettyClient client = client(style, gate.gate(), ClientPool.DEFAULTS, (jetty) -> jetty.setName(THREADS));
		CompletableFuture<Throwable> request = begin(client, peer, "/hold");
		assertThat(threads()).isNotEmpty();
		client.close();
		await().until(peer.connections()::isEmpty);
		await().until(gate.gate().connections()::isEmpty);
		assertThat(request).succeedsWithin(Duration.ofSeconds(5)).isNotNull();
		await().until(() -> threads().isEmpty());
		assertThatThrownBy(() -> client.get(peer.url("localhost", "/whoami"))).isNotNull();
		assertThat(threads()).isEmpty();
		assertThat(peer.accepted()).isEqualTo(1);
	}

	@ParameterizedTest
	@EnumSource
	void closerOfAClientThatNeverStartedLeavesItSo(Style style) {
		ClientGate gate = gate();
		HttpsPeer peer = peer(gate);
		JettyClient client = client(style, gate.gate(), ClientPool.DEFAULTS, (jetty) -> jetty.setName(THREADS));
		client.close();
		assertThatThrownBy(() -> client.get(peer.url("localhost", "/whoami"))).isNotNull();
		assertThat(threads()).isEmpty();
		assertThat(peer.accepted()).isZero();
	}

	@Test
	void requestFactoryNeedsNoReactiveLibrary() throws Exception {
		List<URL> classPath = new ArrayList<>();
		for (String entry : System.getProperty("java.class.path").split(File.pathSeparator, -1)) {
			classPath.add(Path.of(entry).toUri().toURL());
		}
		try (URLClassLoader loader = new WithoutReactiveLibraries(classPath.toArray(URL[]::new))) {
			Class<?> clients = Class.forName(JettyClients.class.getName(), true, loader);
			assertThat(clients.getClassLoader()).isSameAs(loader);
			assertThat(clients.getDeclaredMethods()).extracting(Method::getName).contains("requestFactory");
		}
	}

	/**
	 * Begin a request, and wait until the server does what it asks for.
	 * @return what it fails with, or {@code null}
	 */
	@SuppressWarnings("NullAway")
	private CompletableFuture<Throwable> begin(JettyClient client, HttpsPeer peer, String path) {
		ExecutorService executor = Executors.newSingleThreadExecutor();
		this.opened.push(executor::shutdownNow);
		CompletableFuture<Throwable> request = CompletableFuture
			.supplyAsync(() -> catchThrowable(() -> client.get(peer.url("localhost", path))), executor);
		await().until(() -> peer.requests() > 0);
		if (path.equals("/whoami")) {
			assertThat(request.join()).isNull();
		}
		return request;
	}

	private ClientGate gate() {
		return opened(new ClientGate(this.directory));
	}

	private ClientGate gate(UnaryOperator<SnapshotLocationsBuilder> locations) {
		return opened(new ClientGate(this.directory, true, locations));
	}

	@SuppressWarnings("FutureReturnValueIgnored")
	private Gate gate(TestAuthority authority, UnaryOperator<GateSettings> settings) throws IOException {
		authority.client("client").writeTo(this.directory, "client");
		authority.writeTo(this.directory, "ca");
		SnapshotLocations locations = SnapshotLocations.builder("mtls.client")
			.pem(this.directory.resolve("client.crt").toUri().toString(),
					this.directory.resolve("client.key").toUri().toString(), null)
			.trustCertificates(List.of(this.directory.resolve("ca.crt").toUri().toString()))
			.build();
		ScheduledExecutorService executor = Executors.newSingleThreadScheduledExecutor();
		this.opened.push(executor::shutdownNow);
		Gate gate = Gate.builder(settings.apply(GateSettings.client("client", true, TlsProfile.defaults())), locations)
			.executor(executor)
			.open();
		executor.scheduleWithFixedDelay(gate::walk, 50, 50, TimeUnit.MILLISECONDS);
		return gate;
	}

	private HttpsPeer peer(ClientGate gate) {
		return peer(gate.authority, gate.authority.server());
	}

	private HttpsPeer peer(TestAuthority trusted, TestCertificate certificate) {
		return opened(new HttpsPeer(trusted, certificate));
	}

	private JettyClient client(Style style, ClientGate gate) {
		return client(style, gate.gate(), ClientPool.DEFAULTS, (jetty) -> {
		});
	}

	private JettyClient client(Style style, Gate gate, ClientPool pool, Consumer<HttpClient> customizer) {
		return opened(style.open(new ClientGeneration(gate), settings(), pool, customizer), JettyClient::close);
	}

	private <T extends AutoCloseable> T opened(T closeable) {
		this.opened.push(closeable);
		return closeable;
	}

	private <T> T opened(T closeable, Consumer<T> closer) {
		this.opened.push(() -> closer.accept(closeable));
		return closeable;
	}

	private static HttpClientSettings settings() {
		return HttpClientSettings.defaults().withTimeouts(Duration.ofSeconds(10), Duration.ofSeconds(30));
	}

	private static SocketAddressResolver resolver(String... addresses) {
		return (host, port, context, promise) -> promise
			.succeeded(Stream.of(addresses).map((address) -> new InetSocketAddress(address, port)).toList());
	}

	private static List<Reason> refusals(ClientGate gate) {
		return gate.events.stream()
			.filter(MtlsEvent.PeerRefused.class::isInstance)
			.map((event) -> ((MtlsEvent.PeerRefused) event).reason())
			.toList();
	}

	private static void assertRefused(ThrowingCallable request, Reason reason) {
		Throwable failure = Objects.requireNonNull(catchThrowable(request));
		assertThat(Stream.iterate(failure, Objects::nonNull, Throwable::getCause)
			.filter(MtlsException.class::isInstance)
			.map((cause) -> ((MtlsException) cause).reason())).as(() -> "Reasons of " + failure)
			.containsExactly(reason);
	}

	/**
	 * Jetty hands over the end of a body before it returns the connection to the pool.
	 */
	private static void awaitIdle(HttpClient client) {
		AbstractConnectionPool pool = (AbstractConnectionPool) client.getDestinations().get(0).getConnectionPool();
		await().pollDelay(Duration.ZERO)
			.pollInterval(Duration.ofNanos(100_000))
			.until(() -> pool.getIdleConnectionCount() > 0);
	}

	private static List<String> threads() {
		return Thread.getAllStackTraces()
			.keySet()
			.stream()
			.map(Thread::getName)
			.filter((name) -> name.startsWith(THREADS))
			.toList();
	}

	/**
	 * A class path of an application that has a {@code RestClient} only.
	 */
	private static final class WithoutReactiveLibraries extends URLClassLoader {

		private static final List<String> ABSENT = List.of("reactor.", "org.reactivestreams.",
				"org.eclipse.jetty.reactive.");

		WithoutReactiveLibraries(URL[] classPath) {
			super(classPath, ClassLoader.getPlatformClassLoader());
		}

		@Override
		protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
			if (ABSENT.stream().anyMatch(name::startsWith)) {
				throw new ClassNotFoundException(name);
			}
			return super.loadClass(name, resolve);
		}

	}

}
