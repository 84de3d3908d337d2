package dev.mtls.boot.jetty;

import java.io.IOException;
import java.net.ConnectException;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.WebSocket;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;

import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.server.SslConnectionFactory;
import org.eclipse.jetty.util.thread.QueuedThreadPool;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.jetty.servlet.JettyServletWebServerFactory;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.boot.web.server.Ssl;

import dev.mtls.boot.gate.GateWalker;
import dev.mtls.boot.jetty.JettyFixture.Options;
import dev.mtls.decision.MtlsException;
import dev.mtls.decision.Reason;
import dev.mtls.event.MtlsEvent;
import dev.mtls.test.Flaw;
import dev.mtls.test.TestAuthority;
import dev.mtls.test.TestCertificate;
import dev.mtls.tls.TlsProfile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for {@link MtlsJettyCustomizer}.
 */
@ExtendWith(OutputCaptureExtension.class)
class MtlsJettyCustomizerTests {

	private static final Duration SECOND = Duration.ofSeconds(1);

	private static final Duration PATIENCE = Duration.ofSeconds(10);

	private final TestAuthority authority = TestAuthority.create();

	private final TestCertificate alice = this.authority.client("alice");

	private final TestCertificate bob = this.authority.client("bob");

	private final ExecutorService executor = Executors.newCachedThreadPool();

	@TempDir
	private Path directory;

	private JettyFixture jetty;

	@BeforeEach
	void start() {
		this.jetty = JettyFixture.start(this.authority, this.directory);
	}

	@AfterEach
	void stop() {
		this.jetty.close();
		this.executor.shutdownNow();
	}

	@ParameterizedTest
	@EnumSource
	void requestWhenAdmittedKnowsIdentity(HttpClient.Version version) throws Exception {
		HttpClient client = client(this.alice, version);
		for (int i = 0; i < 2; i++) {
			HttpResponse<String> response = client.send(request("/whoami"), BodyHandlers.ofString());
			assertThat(response.body()).isEqualTo("alice");
			assertThat(response.version()).isEqualTo(version);
		}
		assertThat(this.jetty.gate.connections()).hasSize(1);
	}

	@ParameterizedTest
	@ValueSource(strings = { "TLSv1.2", "TLSv1.3" })
	void requestWhenIdentityIsNotAllowedGetsNoByte(String protocol) throws Exception {
		assertRefused(context(this.authority.client("mallory")), protocol);
		await(() -> refused(Reason.IDENTITY_NOT_ALLOWED) == 1 && this.jetty.connectionCount() == 0);
		assertThat(this.jetty.gate.connections()).isEmpty();
	}

	@ParameterizedTest
	@ValueSource(strings = { "http/1.1", "h2" })
	void connectionWhenIdentityIsNotAllowedEndsBeforeARequest(String applicationProtocol) throws Exception {
		try (RawClient client = open(context(this.authority.client("mallory")), "TLSv1.3", applicationProtocol)) {
			assertThat(client.readToEnd()).isZero();
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "TLSv1.2", "TLSv1.3" })
	void requestWhenThereIsNoCertificateIsRefused(String protocol) throws Exception {
		assertRefused(this.authority.sslContext(), protocol);
		await(() -> refused(Reason.CERTIFICATE_MISSING) == 1 && this.jetty.connectionCount() == 0);
	}

	@Test
	void requestWhenCertificateIsNotTrustedIsRefusedForTheReasonOfThePath() throws Exception {
		assertRefused(context(this.authority.client(Flaw.EXPIRED, "alice")), "TLSv1.3");
		await(() -> refused(Reason.CERTIFICATE_EXPIRED) == 1 && this.jetty.connectionCount() == 0);
	}

	@Test
	void connectionWhenPeerGoesAwayDuringTheHandshakeIsTold() throws Exception {
		RawClient.connect("127.0.0.1", this.jetty.port()).close();
		await(() -> refused(Reason.HANDSHAKE_FAILED) == 1 && this.jetty.connectionCount() == 0);
	}

	@Test
	void requestWhenCertificateIsWantedOnlyIsAnonymousWithoutOne() throws Exception {
		restart(Options.DEFAULT.withCertificateRequired(false));
		try (RawClient client = open(this.authority.sslContext(), "TLSv1.3")) {
			assertThat(client.get("/whoami")).isEqualTo("anonymous");
		}
		try (RawClient client = open(context(this.alice), "TLSv1.3")) {
			assertThat(client.get("/whoami")).isEqualTo("alice");
		}
		// The connection stands, and the filter that Spring Boot registers answers with
		// 403
		try (RawClient client = open(context(this.authority.client("mallory")), "TLSv1.3")) {
			client.send("GET /whoami HTTP/1.1\r\nHost: localhost\r\n\r\n");
			await(() -> refused(Reason.IDENTITY_NOT_ALLOWED) == 1);
		}
	}

	@Test
	void connectionWhenAddressIsNotAllowedIsResetWithoutAByte() throws Exception {
		assertReset("127.0.0.2", this.jetty.port());
		assertThat(refused(Reason.ADDRESS_NOT_ALLOWED)).isEqualTo(1);
		assertThat(this.jetty.connectionCount()).isZero();
		this.jetty.allowNetworks("127.0.0.2");
		try (Socket allowed = RawClient.connect("127.0.0.2", this.jetty.port())) {
			await(() -> this.jetty.connectionCount() == 1);
			allowed.setSoTimeout(200);
			assertThatExceptionOfType(SocketTimeoutException.class).isThrownBy(() -> allowed.getInputStream().read());
		}
	}

	@Test
	void connectionWhenKillSwitchIsEngagedIsResetUntilItIsReleased() throws Exception {
		try (RawClient live = open(context(this.alice), "TLSv1.3")) {
			live.get("/whoami");
			Future<Duration> cut = cutOf(live);
			this.jetty.killSwitch.set(true);
			assertThat(cut.get(10, TimeUnit.SECONDS)).isLessThan(SECOND);
		}
		assertReset("127.0.0.1", this.jetty.port());
		this.jetty.killSwitch.set(false);
		try (RawClient client = open(context(this.alice), "TLSv1.3")) {
			assertThat(client.get("/whoami")).isEqualTo("alice");
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "TLSv1.2", "TLSv1.3" })
	void resumedSessionIsAdmittedAgain(String protocol) throws Exception {
		SSLContext context = context(this.alice);
		assertResumed(context, protocol, false);
		assertResumed(context, protocol, true);
		assertThat(this.jetty.events(MtlsEvent.PeerAdmitted.class)).hasSize(2);
	}

	@ParameterizedTest
	@ValueSource(strings = { "TLSv1.2", "TLSv1.3" })
	void resumedSessionWhenCertificateHasRunOutIsRefused(String protocol) throws Exception {
		SSLContext context = context(
				this.authority.client((request) -> request.dns("alice").validity(Duration.ofHours(1))));
		assertResumed(context, protocol, false);
		this.jetty.advanceClock(Duration.ofHours(2));
		try (RawClient client = open(context, protocol)) {
			assertThat(client.session().getValue("resumed")).isEqualTo(true);
			assertThat(client.getUntilEnd("/whoami")).isZero();
		}
		assertThat(refused(Reason.CERTIFICATE_EXPIRED)).isEqualTo(1);
	}

	@ParameterizedTest
	@ValueSource(strings = { "TLSv1.2", "TLSv1.3" })
	void resumedSessionWhenRulesHaveChangedIsRefused(String protocol) throws Exception {
		SSLContext context = context(this.alice);
		assertResumed(context, protocol, false);
		assertResumed(context, protocol, true);
		this.jetty.allowClients("dns:bob");
		assertRefused(context, protocol);
		assertResumed(context(this.bob), protocol, false);
	}

	@Test
	void idleConnectionsWhenRulesChangeAreCutAndOthersAreNot() throws Exception {
		try (RawClient http = open(context(this.alice), "TLSv1.3");
				RawClient http2 = open(context(this.alice), "TLSv1.3", "h2");
				RawClient other = open(context(this.bob), "TLSv1.2")) {
			http.get("/whoami");
			http2.beginHttp2();
			other.get("/whoami");
			Future<Duration> httpCut = cutOf(http);
			Future<Duration> http2Cut = cutOf(http2);
			this.jetty.allowClients("dns:bob");
			assertThat(httpCut.get(10, TimeUnit.SECONDS)).isLessThan(SECOND);
			assertThat(http2Cut.get(10, TimeUnit.SECONDS)).isLessThan(SECOND);
			assertThat(other.get("/whoami")).isEqualTo("bob");
			await(() -> this.jetty.connectionCount() == 1 && this.jetty.gate.connections().size() == 1);
		}
		assertThat(this.jetty.events(MtlsEvent.ConnectionCut.class)).hasSize(2);
		await(() -> this.jetty.gate.connections().isEmpty());
	}

	@ParameterizedTest
	@EnumSource
	void busyConnectionWhenRulesChangeIsCutAndOthersAreNot(HttpClient.Version version) throws Exception {
		Future<Long> refused = stream(client(this.alice, version));
		CompletableFuture<HttpResponse<Void>> other = client(this.bob, version).sendAsync(request("/stream"),
				BodyHandlers.discarding());
		await(() -> this.jetty.gate.connections().size() == 2);
		long changed = System.nanoTime();
		this.jetty.allowClients("dns:bob");
		assertThat(Duration.ofNanos(refused.get(10, TimeUnit.SECONDS) - changed)).isLessThan(SECOND);
		assertThat(other).isNotDone();
		await(() -> this.jetty.connectionCount() == 1);
		other.cancel(true);
	}

	@ParameterizedTest
	@EnumSource
	void connectionWithWaitingRequestWhenRulesChangeIsCut(HttpClient.Version version) throws Exception {
		CompletableFuture<HttpResponse<String>> response = client(this.alice, version).sendAsync(request("/wait"),
				BodyHandlers.ofString());
		await(() -> this.jetty.waiting.get() == 1);
		long changed = System.nanoTime();
		this.jetty.allowClients("dns:bob");
		assertThat(response).failsWithin(PATIENCE);
		assertThat(Duration.ofNanos(System.nanoTime() - changed)).isLessThan(SECOND);
		await(() -> this.jetty.connectionCount() == 0);
	}

	@Test
	void webSocketWhenRulesChangeIsCutAndOthersAreNot() throws Exception {
		Messages refusedMessages = new Messages();
		Messages otherMessages = new Messages();
		WebSocket refused = webSocket(this.alice, refusedMessages);
		WebSocket other = webSocket(this.bob, otherMessages);
		refused.sendText("before", true).join();
		assertThat(refusedMessages.received.poll(10, TimeUnit.SECONDS)).isEqualTo("before");
		long changed = System.nanoTime();
		this.jetty.allowClients("dns:bob");
		refusedMessages.end.get(10, TimeUnit.SECONDS);
		assertThat(Duration.ofNanos(System.nanoTime() - changed)).isLessThan(SECOND);
		other.sendText("after", true).join();
		assertThat(otherMessages.received.poll(10, TimeUnit.SECONDS)).isEqualTo("after");
		await(() -> this.jetty.connectionCount() == 1);
		other.abort();
	}

	@Test
	void requestWhenPeerIsNoLongerAdmittedIsNotServedWithoutAWalk() throws Exception {
		SSLContext context = context(
				this.authority.client((request) -> request.dns("alice").validity(Duration.ofHours(1))));
		try (RawClient client = open(context, "TLSv1.3")) {
			client.get("/whoami");
			this.jetty.advanceClock(Duration.ofHours(2));
			assertThat(client.getUntilEnd("/whoami")).isZero();
		}
		assertThat(this.jetty.events(MtlsEvent.ConnectionCut.class)).hasSize(1);
	}

	@ParameterizedTest
	@ValueSource(booleans = { false, true })
	void handshakeWhenItTakesTooLongEndsTheConnection(boolean dribbling) throws Exception {
		restart(Options.DEFAULT.withHandshakeTimeout(Duration.ofMillis(500)));
		try (GateWalker walker = new GateWalker();
				RawClient established = open(context(this.alice), "TLSv1.3");
				Socket socket = RawClient.connect("127.0.0.1", this.jetty.port())) {
			walker.add(this.jetty.gate);
			await(() -> this.jetty.connectionCount() == 2);
			Future<?> dribble = dribbling ? this.executor.submit(() -> dribble(socket)) : null;
			assertThat(RawClient.readToEnd(socket)).isZero();
			if (dribble != null) {
				dribble.get(10, TimeUnit.SECONDS);
			}
			await(() -> this.jetty.connectionCount() == 1);
			assertThat(refused(Reason.HANDSHAKE_TIMEOUT)).isEqualTo(1);
			assertThat(established.get("/whoami")).isEqualTo("alice");
		}
	}

	@Test
	void reloadUnderLoadFailsNoRequest() throws Exception {
		HttpClient keepAlive = client(this.alice, HttpClient.Version.HTTP_2);
		AtomicBoolean running = new AtomicBoolean(true);
		AtomicInteger count = new AtomicInteger();
		Callable<Void> load = () -> {
			while (running.get()) {
				assertThat(keepAlive.send(request("/whoami"), BodyHandlers.ofString()).body()).isEqualTo("alice");
				try (RawClient fresh = open(context(this.bob), "TLSv1.3")) {
					assertThat(fresh.get("/whoami")).isEqualTo("bob");
				}
				count.incrementAndGet();
			}
			return null;
		};
		Future<Void> first = this.executor.submit(load);
		Future<Void> second = this.executor.submit(load);
		for (int i = 1; i <= 5; i++) {
			int target = i * 10;
			await(() -> count.get() >= target || first.isDone() || second.isDone());
			X509Certificate certificate = this.jetty.replaceServerCertificate();
			try (RawClient fresh = open(context(this.bob), "TLSv1.3")) {
				assertThat(fresh.session().getPeerCertificates()[0]).isEqualTo(certificate);
			}
		}
		running.set(false);
		first.get(10, TimeUnit.SECONDS);
		second.get(10, TimeUnit.SECONDS);
		assertThat(this.jetty.events(MtlsEvent.Reloaded.class)).hasSize(5);
		assertThat(this.jetty.events(MtlsEvent.ConnectionCut.class)).isEmpty();
	}

	@Test
	void additionalConnectorWithTlsIsBehindTheGate() throws Exception {
		restart(Options.DEFAULT.withServerCustomizer(MtlsJettyCustomizerTests::addTlsConnector));
		int port = ((ServerConnector) this.jetty.server().getConnectors()[1]).getLocalPort();
		try (RawClient client = RawClient.open(context(this.alice), port, "TLSv1.3")) {
			assertThat(client.get("/whoami")).isEqualTo("alice");
			Future<Duration> cut = cutOf(client);
			this.jetty.allowClients("dns:bob");
			assertThat(cut.get(10, TimeUnit.SECONDS)).isLessThan(SECOND);
		}
		try (RawClient client = RawClient.open(context(this.alice), port, "TLSv1.3")) {
			assertThat(client.getUntilEnd("/whoami")).isZero();
		}
		assertReset("127.0.0.2", port);
	}

	@Test
	void additionalConnectorWithoutTlsIsWarnedOfAndChecksAddresses(CapturedOutput output) throws Exception {
		restart(Options.DEFAULT.withServerCustomizer(MtlsJettyCustomizerTests::addPlainConnector));
		int port = ((ServerConnector) this.jetty.server().getConnectors()[1]).getLocalPort();
		assertThat(output).containsOnlyOnce("does not begin with TLS");
		HttpRequest request = HttpRequest.newBuilder(URI.create("http://localhost:%d/whoami".formatted(port))).build();
		assertThat(HttpClient.newHttpClient().send(request, BodyHandlers.ofString()).body()).isEqualTo("anonymous");
		assertReset("127.0.0.2", port);
	}

	@Test
	void connectionWhenNoThreadIsFreeIsCut() throws Exception {
		CountDownLatch released = new CountDownLatch(1);
		try (RawClient client = open(context(this.alice), "TLSv1.3")) {
			client.get("/whoami");
			QueuedThreadPool threads = (QueuedThreadPool) this.jetty.server().getThreadPool();
			for (int i = 0; i < threads.getMaxThreads(); i++) {
				threads.execute(() -> awaitQuietly(released));
			}
			await(() -> threads.getIdleThreads() == 0 && threads.getQueueSize() > 0);
			Future<Duration> cut = cutOf(client);
			this.jetty.allowClients("dns:bob");
			assertThat(cut.get(10, TimeUnit.SECONDS)).isLessThan(SECOND);
		}
		finally {
			released.countDown();
		}
	}

	@Test
	void connectionWhenProtocolIsNotAllowedIsRefused() throws Exception {
		restart(Options.DEFAULT.withTls(new TlsProfile(List.of("TLSv1.3"), List.of(), List.of())));
		assertThatExceptionOfType(SSLException.class).isThrownBy(() -> open(context(this.alice), "TLSv1.2"));
		try (RawClient client = open(context(this.alice), "TLSv1.3")) {
			assertThat(client.get("/whoami")).isEqualTo("alice");
		}
	}

	@Test
	void connectionWhenClientRenegotiatesEnds() throws Exception {
		try (RawClient client = open(context(this.alice), "TLSv1.2")) {
			client.get("/whoami");
			assertThatExceptionOfType(IOException.class).isThrownBy(() -> {
				client.handshakeAgain();
				client.get("/whoami");
			});
			await(() -> this.jetty.connectionCount() == 0);
		}
	}

	@Test
	void customizeWhenServerSslIsConfiguredThrows() {
		JettyServletWebServerFactory factory = new JettyServletWebServerFactory();
		factory.setSsl(new Ssl());
		MtlsJettyCustomizer customizer = new MtlsJettyCustomizer(this.jetty.gate, "mtls-server", null);
		assertThatExceptionOfType(MtlsException.class).isThrownBy(() -> customizer.customize(factory))
			.satisfies((ex) -> assertThat(ex.reason()).isEqualTo(Reason.CONFIGURATION_CONFLICT));
	}

	private static void addTlsConnector(Server server) {
		HttpConnectionFactory http = new HttpConnectionFactory(new HttpConfiguration());
		ServerConnector connector = new ServerConnector(server, new SslConnectionFactory(http.getProtocol()), http);
		connector.setHost("127.0.0.1");
		server.addConnector(connector);
	}

	private static void addPlainConnector(Server server) {
		ServerConnector connector = new ServerConnector(server);
		connector.setHost("127.0.0.1");
		server.addConnector(connector);
	}

	private void restart(Options options) {
		this.jetty.close();
		this.jetty = new JettyFixture(this.authority, this.directory, options);
	}

	private SSLContext context(TestCertificate certificate) {
		return certificate.sslContext(this.authority);
	}

	private RawClient open(SSLContext context, String protocol, String... applicationProtocols) throws IOException {
		return RawClient.open(context, this.jetty.port(), protocol, applicationProtocols);
	}

	private HttpClient client(TestCertificate certificate, HttpClient.Version version) {
		return HttpClient.newBuilder().sslContext(context(certificate)).version(version).build();
	}

	private HttpRequest request(String path) {
		return HttpRequest.newBuilder(URI.create("https://localhost:%d%s".formatted(this.jetty.port(), path))).build();
	}

	private WebSocket webSocket(TestCertificate certificate, Messages messages) {
		return client(certificate, HttpClient.Version.HTTP_1_1).newWebSocketBuilder()
			.buildAsync(URI.create("wss://localhost:%d/echo".formatted(this.jetty.port())), messages)
			.join();
	}

	private Future<Long> stream(HttpClient client) {
		return this.executor.submit(() -> {
			try {
				client.send(request("/stream"), BodyHandlers.discarding());
			}
			catch (IOException ex) {
				// The end that is awaited
			}
			return System.nanoTime();
		});
	}

	private Future<Duration> cutOf(RawClient client) {
		long started = System.nanoTime();
		return this.executor.submit(() -> {
			client.readToEnd();
			return Duration.ofNanos(System.nanoTime() - started);
		});
	}

	private void assertResumed(SSLContext context, String protocol, boolean resumed) throws IOException {
		try (RawClient client = open(context, protocol)) {
			assertThat(client.session().getValue("resumed")).isEqualTo(resumed ? true : null);
			// Values of a session are those of the sessions that resume it
			client.session().putValue("resumed", true);
			assertThat(client.get("/whoami")).isNotEmpty();
		}
	}

	private void assertRefused(SSLContext context, String protocol) throws IOException {
		try (RawClient client = open(context, protocol)) {
			assertThat(client.getUntilEnd("/whoami")).isZero();
		}
		catch (SSLException | SocketException ex) {
			assertThat(ex).isNotInstanceOf(ConnectException.class);
		}
	}

	private static void assertReset(String from, int port) {
		assertThatExceptionOfType(SocketException.class).isThrownBy(() -> {
			try (Socket socket = RawClient.connect(from, port)) {
				assertThat(socket.getInputStream().read()).as("a reset").isEqualTo(-2);
			}
		}).withMessageContaining("reset");
	}

	private long refused(Reason reason) {
		return this.jetty.events(MtlsEvent.PeerRefused.class)
			.stream()
			.filter((event) -> event.reason() == reason)
			.count();
	}

	private static void dribble(Socket socket) {
		// A record of a client hello that never ends
		byte[] record = new byte[16384];
		System.arraycopy(new byte[] { 0x16, 3, 1, 0x3F, 0, 1, 0, 0x3E, 0 }, 0, record, 0, 9);
		try {
			for (byte b : record) {
				socket.getOutputStream().write(b);
				TimeUnit.MILLISECONDS.sleep(20);
			}
		}
		catch (IOException ex) {
			// The end that is awaited
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

	private static void awaitQuietly(CountDownLatch latch) {
		try {
			latch.await();
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

	private static void await(Callable<Boolean> condition) throws Exception {
		long deadline = System.nanoTime() + PATIENCE.toNanos();
		while (!condition.call()) {
			assertThat(System.nanoTime()).as("The condition did not come true").isLessThan(deadline);
			Thread.onSpinWait();
			TimeUnit.MILLISECONDS.sleep(5);
		}
	}

	/**
	 * What a WebSocket received.
	 */
	private static final class Messages implements WebSocket.Listener {

		private final BlockingQueue<String> received = new LinkedBlockingQueue<>();

		private final CompletableFuture<Void> end = new CompletableFuture<>();

		@Override
		public @Nullable CompletionStage<?> onText(WebSocket webSocket, CharSequence data, boolean last) {
			this.received.add(data.toString());
			webSocket.request(1);
			return null;
		}

		@Override
		public @Nullable CompletionStage<?> onClose(WebSocket webSocket, int statusCode, String reason) {
			this.end.complete(null);
			return null;
		}

		@Override
		public void onError(WebSocket webSocket, Throwable error) {
			this.end.complete(null);
		}

	}

}
