package dev.mtls.boot.client.reactor;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

import io.netty.handler.ssl.ApplicationProtocolConfig;
import io.netty.handler.ssl.ApplicationProtocolNames;
import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.util.InsecureTrustManagerFactory;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.boot.http.client.ClientHttpRequestFactoryBuilder;
import org.springframework.boot.http.client.HttpClientSettings;
import org.springframework.boot.http.client.InetAddressFilter;
import org.springframework.boot.http.client.reactive.ClientHttpConnectorBuilder;
import org.springframework.http.client.ReactorResourceFactory;
import org.springframework.http.client.reactive.ClientHttpConnector;
import org.springframework.web.reactive.function.client.WebClient;
import reactor.core.publisher.Mono;
import reactor.netty.DisposableServer;
import reactor.netty.http.HttpProtocol;
import reactor.netty.http.client.HttpClient;
import reactor.netty.http.server.HttpServer;
import reactor.netty.resources.ConnectionProvider;
import reactor.netty.resources.LoopResources;
import reactor.netty.tcp.SslProvider;

import dev.mtls.authority.CertificateRequest;
import dev.mtls.boot.client.ClientGate;
import dev.mtls.boot.client.HttpsPeer;
import dev.mtls.boot.client.gate.BuiltClient;
import dev.mtls.boot.client.gate.ClientGeneration;
import dev.mtls.boot.client.gate.ClientPool;
import dev.mtls.boot.client.gate.PoolCounts;
import dev.mtls.boot.client.reactor.ReactorUse.Application;
import dev.mtls.boot.client.reactor.ReactorUse.Requests;
import dev.mtls.boot.gate.GateWalker;
import dev.mtls.decision.MtlsException;
import dev.mtls.decision.Reason;
import dev.mtls.event.MtlsEvent;
import dev.mtls.gate.Gate;
import dev.mtls.gate.GateSettings;
import dev.mtls.gate.SnapshotLocations;
import dev.mtls.revocation.RevocationPolicy;
import dev.mtls.test.Flaw;
import dev.mtls.test.OcspResponder;
import dev.mtls.test.TestCertificate;
import dev.mtls.tls.TlsProfile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

/**
 * Tests for {@link ReactorClients}.
 */
class ReactorClientsTests {

	private static final Duration WITHIN = Duration.ofSeconds(1);

	@TempDir
	private Path directory;

	private final List<AutoCloseable> resources = new ArrayList<>();

	private ClientGate client;

	private HttpsPeer server;

	@BeforeEach
	void start() {
		this.client = allowing("localhost");
		this.server = serve(this.client.authority.server());
	}

	@AfterEach
	void stop() throws Exception {
		for (AutoCloseable resource : this.resources) {
			resource.close();
		}
	}

	@ParameterizedTest
	@EnumSource
	void requestPresentsTheCertificateByNameAndByAddress(ReactorUse use) {
		Requests requests = requests(use);
		assertThat(requests.get(this.server.url("localhost", "/whoami"))).isEqualTo("CN=client");
		assertThat(requests.get(this.server.url("127.0.0.1", "/whoami"))).isEqualTo("CN=client");
	}

	@ParameterizedTest
	@EnumSource
	void requestsInTurnMakeOneHandshake(ReactorUse use) {
		// Reactor Netty tells the end of a response before the pool has the connection
		ClientPool pool = new ClientPool(null, 1, null, null, Duration.ZERO);
		Requests requests = closed(
				use.of(this.client.gate(), Application.DEFAULTS, HttpClientSettings.defaults(), pool));
		for (int i = 0; i < 1000; i++) {
			assertThat(requests.get(url("/whoami"))).isEqualTo("CN=client");
		}
		assertThat(this.server.handshakes()).isEqualTo(1);
		assertThat(this.client.gate().connections()).hasSize(1);
	}

	@ParameterizedTest
	@EnumSource
	void connectionWhenSessionIsResumedIsAdmittedAgain(ReactorUse use) {
		Requests requests = requests(use);
		assertThat(requests.get(url("/whoami"))).isEqualTo("CN=client");
		this.server.connections().forEach(ReactorClientsTests::close);
		await().until(this.client.gate().connections()::isEmpty);
		assertThat(requests.get(url("/whoami"))).isEqualTo("CN=client");
		assertThat(this.server.handshakes()).isEqualTo(2);
		assertThat(this.client.gate().connections()).hasSize(1);
	}

	@ParameterizedTest
	@MethodSource
	void requestWhenServerIsFlawedIsRefusedWithTheReason(ReactorUse use, Flaw flaw, Reason reason) {
		HttpsPeer flawed = serve(this.client.authority.server(flaw));
		assertRefused(reason, () -> requests(use).get(flawed.url("localhost", "/whoami")));
		assertThat(flawed.requests()).isZero();
		await().untilAsserted(() -> assertThat(this.client.events)
			.anyMatch((event) -> event instanceof MtlsEvent.PeerRefused refused && refused.reason() == reason));
	}

	static Stream<Arguments> requestWhenServerIsFlawedIsRefusedWithTheReason() {
		return Stream.of(ReactorUse.values())
			.flatMap((use) -> Stream.of(
					Arguments.argumentSet(use + " name", use, Flaw.WRONG_NAME, Reason.HOST_NAME_MISMATCH),
					Arguments.argumentSet(use + " issuer", use, Flaw.OTHER_AUTHORITY, Reason.ISSUER_UNKNOWN),
					Arguments.argumentSet(use + " time", use, Flaw.EXPIRED, Reason.CERTIFICATE_EXPIRED)));
	}

	@ParameterizedTest
	@EnumSource
	void requestWhenServerIsNotAllowedIsRefusedBeforeItIsSent(ReactorUse use) {
		this.client.rules("servers", "other.example.com");
		this.client.gate().reload();
		assertRefused(Reason.IDENTITY_NOT_ALLOWED, () -> requests(use).get(url("/whoami")));
		await().until(this.server.connections()::isEmpty);
		assertThat(this.server.requests()).isZero();
		assertThat(this.client.gate().connections()).isEmpty();
	}

	@ParameterizedTest
	@EnumSource
	void requestWhenHostNameIsNotCheckedIsAnsweredByTheAllowedIdentity(ReactorUse use) {
		this.client = closed(new ClientGate(this.directory, false,
				(locations) -> locations.allowedPeers("allowed-servers", List.of("dns:a.example.com"))));
		HttpsPeer named = serve(this.client.authority.issue(CertificateRequest.server("a.example.com").build()));
		HttpsPeer other = serve(this.client.authority.server());
		Requests requests = requests(use);
		assertThat(requests.get(named.url("localhost", "/whoami"))).isEqualTo("CN=client");
		assertRefused(Reason.IDENTITY_NOT_ALLOWED, () -> requests.get(other.url("localhost", "/whoami")));
	}

	@ParameterizedTest
	@EnumSource
	void requestWhenKillSwitchIsEngagedMakesNoConnection(ReactorUse use) {
		this.client.killSwitch.set(true);
		assertRefused(Reason.KILL_SWITCH, () -> requests(use).get(url("/whoami")));
		assertThat(this.server.accepted()).isZero();
	}

	@ParameterizedTest
	@MethodSource("usesAndPaths")
	void requestWhenKillSwitchIsEngagedIsCut(ReactorUse use, String path) {
		CompletableFuture<String> answer = begin(requests(use), url(path));
		await().until(() -> this.server.requests() == 1);
		this.client.killSwitch.set(true);
		await().atMost(WITHIN).until(answer::isDone);
		assertRefused(Reason.KILL_SWITCH, answer::get);
		await().atMost(WITHIN).until(this.server.connections()::isEmpty);
		await().atMost(WITHIN).until(this.client.gate().connections()::isEmpty);
	}

	static Stream<Arguments> usesAndPaths() {
		return Stream.of(ReactorUse.values())
			.flatMap((use) -> Stream.of(Arguments.argumentSet(use + " hold", use, "/hold"),
					Arguments.argumentSet(use + " stream", use, "/stream")));
	}

	@ParameterizedTest
	@EnumSource
	void idleConnectionWhenServerIsNoLongerAllowedIsClosedAndOthersStay(ReactorUse use) {
		this.client = allowing("localhost", "dns:b.example.com");
		HttpsPeer stays = serve(this.client.authority.server((request) -> request.dns("b.example.com")));
		HttpsPeer goes = serve(this.client.authority.server());
		Requests requests = requests(use);
		assertThat(requests.get(stays.url("localhost", "/whoami"))).isEqualTo("CN=client");
		assertThat(requests.get(goes.url("localhost", "/whoami"))).isEqualTo("CN=client");
		this.client.rules("servers", "dns:b.example.com");
		this.client.gate().reload();
		await().atMost(WITHIN).until(goes.connections()::isEmpty);
		assertThat(requests.get(stays.url("localhost", "/whoami"))).isEqualTo("CN=client");
		assertThat(stays.handshakes()).isEqualTo(1);
		await().untilAsserted(() -> assertThat(this.client.gate().connections()).hasSize(1));
	}

	@ParameterizedTest
	@EnumSource
	void requestToUnlistedAddressMakesNoConnection(ReactorUse use) {
		this.client = within("127.0.0.2/32");
		Requests requests = requests(use);
		assertRefused(Reason.ADDRESS_NOT_ALLOWED, () -> requests.get(this.server.url("127.0.0.1", "/whoami")));
		assertRefused(Reason.ADDRESS_NOT_ALLOWED, () -> requests.get(this.server.url("localhost", "/whoami")));
		assertThat(this.server.accepted()).isZero();
	}

	@ParameterizedTest
	@EnumSource
	void requestWhenNameResolvesDifferentlyIsDecidedAnew(ReactorUse use) throws Exception {
		this.client = within("127.0.0.2/32");
		InetAddress listed = InetAddress.getByAddress(new byte[] { 127, 0, 0, 2 });
		InetAddress unlisted = InetAddress.getLoopbackAddress();
		HttpsPeer target = closed(new HttpsPeer(this.client.authority, this.client.authority.server(), listed));
		FixedResolver resolver = closed(new FixedResolver(unlisted, listed));
		Requests requests = requests(use, (http) -> http.resolver(resolver));
		assertThat(requests.get(target.url("localhost", "/whoami"))).isEqualTo("CN=client");
		target.connections().forEach(ReactorClientsTests::close);
		await().until(this.client.gate().connections()::isEmpty);
		resolver.answer(unlisted);
		assertRefused(Reason.ADDRESS_NOT_ALLOWED, () -> requests.get(target.url("localhost", "/whoami")));
		resolver.answer(listed);
		assertThat(requests.get(target.url("localhost", "/whoami"))).isEqualTo("CN=client");
		assertThat(target.accepted()).isEqualTo(2);
	}

	@ParameterizedTest
	@EnumSource
	void requestWhenApplicationFiltersTheAddressMakesNoConnection(ReactorUse use) {
		Requests requests = closed(use.of(this.client.gate(), Application.DEFAULTS,
				HttpClientSettings.defaults().withInetAddressFilter(InetAddressFilter.none()), ClientPool.DEFAULTS));
		assertThatExceptionOfType(Exception.class).isThrownBy(() -> requests.get(url("/whoami")));
		assertThat(this.server.accepted()).isZero();
	}

	@ParameterizedTest
	@EnumSource
	void requestWhenHandshakeHangsFailsInTime(ReactorUse use) throws IOException {
		ServerSocket silent = closed(new ServerSocket(0, 1, InetAddress.getLoopbackAddress()));
		Gate gate = walked(gateSettings().withHandshakeTimeout(Duration.ofMillis(200)));
		CompletableFuture<String> answer = begin(closed(use.of(gate)),
				"https://localhost:%d/".formatted(silent.getLocalPort()));
		await().atMost(Duration.ofSeconds(5)).until(answer::isDone);
		assertRefused(Reason.HANDSHAKE_TIMEOUT, answer::get);
	}

	@ParameterizedTest
	@EnumSource
	void requestWhenCertificateIsRevokedIsRefusedAfterTheResponderAnswered(ReactorUse use) {
		OcspResponder responder = closed(this.client.authority.ocspResponder());
		TestCertificate revoked = this.client.authority.server();
		responder.revoke(revoked.certificate());
		Gate gate = walked(gateSettings().withRevocation(ocsp(responder)));
		Requests requests = closed(use.of(gate));
		HttpsPeer peer = serve(revoked);
		assertRefused(Reason.CERTIFICATE_REVOKED, () -> requests.get(peer.url("localhost", "/whoami")));
		assertThat(peer.requests()).isZero();
		assertThat(requests.get(url("/whoami"))).isEqualTo("CN=client");
		assertThat(responder.requests()).isEqualTo(2);
	}

	@ParameterizedTest
	@EnumSource
	void closerClosesIdleConnectionsAndCutsRequests(ReactorUse use) {
		Requests requests = requests(use);
		CompletableFuture<String> answer = begin(requests, url("/hold"));
		await().until(() -> this.server.requests() == 1);
		assertThat(requests.get(url("/whoami"))).isEqualTo("CN=client");
		assertThat(this.server.connections()).hasSize(2);
		requests.closer().run();
		await().atMost(WITHIN).until(this.server.connections()::isEmpty);
		await().atMost(WITHIN).until(this.client.gate().connections()::isEmpty);
		assertThatExceptionOfType(ExecutionException.class).isThrownBy(() -> answer.get(1, TimeUnit.SECONDS));
		assertThatExceptionOfType(Exception.class).isThrownBy(() -> requests.get(url("/whoami")));
		assertThat(this.server.requests()).isEqualTo(2);
	}

	@ParameterizedTest
	@EnumSource
	void connectionWhenServerClosesItIsForgotten(ReactorUse use) {
		assertThatExceptionOfType(Exception.class).isThrownBy(() -> requests(use).get(url("/drop")));
		await().until(this.client.gate().connections()::isEmpty);
	}

	@ParameterizedTest
	@EnumSource
	void requestWhenApplicationTrustsAnybodyIsRefusedAllTheSame(ReactorUse use) {
		HttpsPeer flawed = serve(this.client.authority.server(Flaw.OTHER_AUTHORITY));
		Requests requests = requests(use, (http) -> http.secure((spec) -> spec.sslContext(insecure())));
		assertRefused(Reason.ISSUER_UNKNOWN, () -> requests.get(flawed.url("localhost", "/whoami")));
	}

	@ParameterizedTest
	@EnumSource
	void requestWhenApplicationHasAFactoryKeepsWhatItSets(ReactorUse use) {
		ConnectionProvider provider = ConnectionProvider.create("application", 1);
		this.resources.add(provider::dispose);
		List<String> seen = new ArrayList<>();
		Requests requests = closed(use.of(this.client.gate(), new Application() {

			@Override
			public boolean hasFactory() {
				return true;
			}

			@Override
			public HttpClient create() {
				return HttpClient.create(provider).headers((headers) -> headers.set("X-Factory", "true"));
			}

			@Override
			public HttpClient customize(HttpClient http) {
				return http.doOnRequest((request, connection) -> seen.add(request.requestHeaders().get("X-Factory")));
			}

		}, HttpClientSettings.defaults(), ClientPool.DEFAULTS));
		assertThat(requests.get(url("/whoami"))).isEqualTo("CN=client");
		assertThat(seen).containsExactly("true");
		assertThat(provider.isDisposed()).isFalse();
		requests.closer().run();
		await().atMost(WITHIN).until(this.server.connections()::isEmpty);
		assertThat(provider.isDisposed()).isFalse();
	}

	@ParameterizedTest
	@EnumSource
	void poolIsBounded(ReactorUse use) {
		ClientPool pool = new ClientPool(null, 1, Duration.ofMillis(200), null, Duration.ZERO);
		Requests requests = closed(
				use.of(this.client.gate(), Application.DEFAULTS, HttpClientSettings.defaults(), pool));
		CompletableFuture<String> held = begin(requests, url("/hold"));
		await().until(() -> this.server.requests() == 1);
		CompletableFuture<String> second = begin(requests, url("/whoami"));
		this.server.release();
		assertThat(held.join()).isEqualTo("CN=client");
		assertThat(second.join()).isEqualTo("CN=client");
		assertThat(this.server.accepted()).isEqualTo(1);
		await().until(this.server.connections()::isEmpty);
	}

	@ParameterizedTest
	@EnumSource
	void http2WhenKillSwitchIsEngagedIsCut(ReactorUse use) throws Exception {
		DisposableServer http2 = serveHttp2();
		Requests requests = requests(use, (http) -> http.protocol(HttpProtocol.H2, HttpProtocol.HTTP11));
		String url = "https://localhost:%d".formatted(http2.port());
		assertThat(requests.get(url + "/")).isEqualTo("HTTP/2.0");
		assertThat(requests.get(url + "/")).isEqualTo("HTTP/2.0");
		assertThat(this.client.gate().connections()).hasSize(1);
		CompletableFuture<String> answer = begin(requests, url + "/hold");
		await().during(Duration.ofMillis(100)).until(() -> !answer.isDone());
		this.client.killSwitch.set(true);
		await().atMost(WITHIN).until(answer::isDone);
		assertRefused(Reason.KILL_SWITCH, answer::get);
		await().atMost(WITHIN).until(this.client.gate().connections()::isEmpty);
	}

	@ParameterizedTest
	@EnumSource
	void http2ConnectionIsCountedOnce(ReactorUse use) throws Exception {
		DisposableServer http2 = serveHttp2();
		Requests requests = requests(use, (http) -> http.protocol(HttpProtocol.H2, HttpProtocol.HTTP11));
		assertThat(requests.get("https://localhost:%d/".formatted(http2.port()))).isEqualTo("HTTP/2.0");
		assertThat(Objects.requireNonNull(requests.pool()).get()).isEqualTo(new PoolCounts(1, 0, 0));
	}

	@ParameterizedTest
	@EnumSource
	void http2WhenServerIsNotAllowedIsRefused(ReactorUse use) throws Exception {
		this.client.rules("servers", "other.example.com");
		this.client.gate().reload();
		DisposableServer http2 = serveHttp2();
		Requests requests = requests(use, (http) -> http.protocol(HttpProtocol.H2));
		assertRefused(Reason.IDENTITY_NOT_ALLOWED, () -> requests.get("https://localhost:%d/".formatted(http2.port())));
	}

	@ParameterizedTest
	@EnumSource
	void connectionUsesTheProtocolsAndCiphersOfTheClient(ReactorUse use) {
		TlsProfile tls = new TlsProfile(List.of("TLSv1.2"), List.of("TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384"),
				List.of());
		Requests requests = closed(use.of(walked(GateSettings.client("client", true, tls))));
		assertThat(requests.get(url("/whoami"))).isEqualTo("CN=client");
		assertThat(this.server.connections()).singleElement().satisfies((connection) -> {
			assertThat(connection.getSession().getProtocol()).isEqualTo("TLSv1.2");
			assertThat(connection.getSession().getCipherSuite()).isEqualTo("TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384");
		});
	}

	@ParameterizedTest
	@EnumSource
	void requestWithoutTlsIsCheckedForItsAddress(ReactorUse use) {
		DisposableServer plain = HttpServer.create()
			.host("127.0.0.1")
			.port(0)
			.handle((request, response) -> response.sendString(Mono.just("plain")))
			.bindNow();
		this.resources.add(() -> plain.disposeNow(Duration.ofSeconds(1)));
		String url = "http://localhost:%d/".formatted(plain.port());
		assertThat(requests(use).get(url)).isEqualTo("plain");
		this.client = within("127.0.0.2/32");
		assertRefused(Reason.ADDRESS_NOT_ALLOWED, () -> requests(use).get(url));
	}

	@Test
	void connectorsShareTheEventLoopsOfTheApplicationAndHaveTheirOwnPools() {
		ReactorResourceFactory resources = new ReactorResourceFactory();
		resources.setUseGlobalResources(false);
		resources.setLoopResources(LoopResources.create("application", 1, true));
		resources.afterPropertiesSet();
		this.resources.add(() -> resources.getLoopResources().dispose());
		this.resources.add(resources::destroy);
		List<Thread> threads = new CopyOnWriteArrayList<>();
		for (int i = 0; i < 2; i++) {
			BuiltClient<ClientHttpConnector> built = ReactorClients.connector(
					ClientHttpConnectorBuilder.reactor()
						.withReactorResourceFactory(resources)
						.withHttpClientCustomizer(
								(http) -> http.doOnConnected((connection) -> threads.add(Thread.currentThread()))),
					HttpClientSettings.defaults(), new ClientGeneration(this.client.gate()), ClientPool.DEFAULTS);
			assertThat(WebClient.create()
				.mutate()
				.clientConnector(built.client())
				.build()
				.get()
				.uri(url("/whoami"))
				.retrieve()
				.bodyToMono(String.class)
				.block()).isEqualTo("CN=client");
			built.closer().run();
			await().atMost(WITHIN).until(this.server.connections()::isEmpty);
		}
		assertThat(threads).hasSize(2);
		assertThat(threads.get(0).getName()).startsWith("application");
		assertThat(threads.get(1)).isSameAs(threads.get(0));
	}

	@Test
	void requestFactoryWhenHttp3IsWantedIsRefused() {
		ClientGeneration generation = new ClientGeneration(this.client.gate());
		assertThatExceptionOfType(MtlsException.class)
			.isThrownBy(() -> ReactorClients.requestFactory(
					ClientHttpRequestFactoryBuilder.reactor()
						.withHttpClientCustomizer((http) -> http.protocol(HttpProtocol.HTTP3)),
					HttpClientSettings.defaults(), generation, ClientPool.DEFAULTS))
			.satisfies((ex) -> assertThat(ex.reason()).isEqualTo(Reason.ENGINE_UNSUPPORTED));
	}

	private ClientGate allowing(String... servers) {
		String rules = ClientGate.rules(this.directory, "servers", servers);
		return closed(new ClientGate(this.directory, true,
				(locations) -> locations.allowedPeers("allowed-servers", List.of(rules))));
	}

	private ClientGate within(String network) {
		ClientGate gate = closed(
				new ClientGate(this.directory, true, (locations) -> locations.allowedNetworks(List.of(network))));
		this.server = closed(new HttpsPeer(gate.authority, gate.authority.server()));
		return gate;
	}

	private static GateSettings gateSettings() {
		return GateSettings.client("client", true, TlsProfile.defaults());
	}

	private Gate walked(GateSettings settings) {
		TestCertificate certificate = this.client.authority.client("client");
		GateWalker walker = closed(new GateWalker());
		Gate gate = Gate
			.builder(settings,
					SnapshotLocations.builder("mtls.client")
						.pem(certificate.chainPem(), certificate.privateKeyPem(), null)
						.trustCertificates(List.of(this.client.authority.anchorPem()))
						.build())
			.executor(walker::execute)
			.open();
		walker.add(gate);
		return gate;
	}

	private static RevocationPolicy ocsp(OcspResponder responder) {
		return new RevocationPolicy(RevocationPolicy.Mode.HARD_FAIL, RevocationPolicy.Scope.LEAF, null, false,
				List.of(), false, new RevocationPolicy.OcspPolicy(responder.uri(), false, Duration.ofSeconds(5)));
	}

	private HttpsPeer serve(TestCertificate certificate) {
		return closed(new HttpsPeer(this.client.authority, certificate));
	}

	private DisposableServer serveHttp2() throws Exception {
		TestCertificate certificate = this.client.authority.server();
		SslContext context = SslContextBuilder
			.forServer(certificate.privateKey(), certificate.chain().toArray(X509Certificate[]::new))
			.sslProvider(io.netty.handler.ssl.SslProvider.JDK)
			.trustManager(this.client.authority.anchor())
			.clientAuth(ClientAuth.REQUIRE)
			.applicationProtocolConfig(new ApplicationProtocolConfig(ApplicationProtocolConfig.Protocol.ALPN,
					ApplicationProtocolConfig.SelectorFailureBehavior.NO_ADVERTISE,
					ApplicationProtocolConfig.SelectedListenerFailureBehavior.ACCEPT, ApplicationProtocolNames.HTTP_2,
					ApplicationProtocolNames.HTTP_1_1))
			.build();
		DisposableServer started = HttpServer.create()
			.host("127.0.0.1")
			.port(0)
			.protocol(HttpProtocol.H2, HttpProtocol.HTTP11)
			.secure(SslProvider.builder().sslContext(context).build())
			.handle((request, response) -> request.uri().equals("/hold") ? Mono.never()
					: response.sendString(Mono.just(request.protocol())).then())
			.bindNow();
		this.resources.add(() -> started.disposeNow(Duration.ofSeconds(1)));
		return started;
	}

	private static SslContext insecure() {
		try {
			return SslContextBuilder.forClient().trustManager(InsecureTrustManagerFactory.INSTANCE).build();
		}
		catch (IOException ex) {
			throw new IllegalStateException(ex);
		}
	}

	private Requests requests(ReactorUse use) {
		return closed(use.of(this.client.gate()));
	}

	private Requests requests(ReactorUse use, UnaryOperator<HttpClient> customizer) {
		return closed(
				use.of(this.client.gate(), customizer::apply, HttpClientSettings.defaults(), ClientPool.DEFAULTS));
	}

	private Requests closed(Requests requests) {
		this.resources.add(0, requests.closer()::run);
		return requests;
	}

	private <T extends AutoCloseable> T closed(T resource) {
		this.resources.add(resource);
		return resource;
	}

	private String url(String path) {
		return this.server.url("localhost", path);
	}

	private static CompletableFuture<String> begin(Requests requests, String url) {
		CompletableFuture<String> answer = new CompletableFuture<>();
		Thread thread = new Thread(() -> {
			try {
				answer.complete(requests.get(url));
			}
			catch (RuntimeException ex) {
				answer.completeExceptionally(ex);
			}
		});
		thread.setDaemon(true);
		thread.start();
		return answer;
	}

	private static void assertRefused(Reason reason, ThrowingCallable request) {
		assertThatExceptionOfType(Exception.class).isThrownBy(request)
			.satisfies((ex) -> assertThat(reasonOf(ex)).as("%s", ex).isEqualTo(reason));
	}

	private static @Nullable Reason reasonOf(Throwable failure) {
		for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
			if (cause instanceof MtlsException refused) {
				return refused.reason();
			}
		}
		return null;
	}

	private static void close(AutoCloseable resource) {
		try {
			resource.close();
		}
		catch (Exception ex) {
			throw new IllegalStateException(ex);
		}
	}

}
