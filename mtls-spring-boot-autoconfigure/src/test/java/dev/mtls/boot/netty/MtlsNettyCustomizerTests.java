package dev.mtls.boot.netty;

import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.SocketException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.WebSocket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;

import io.netty.handler.ssl.ApplicationProtocolConfig;
import io.netty.handler.ssl.ApplicationProtocolConfig.Protocol;
import io.netty.handler.ssl.ApplicationProtocolConfig.SelectedListenerFailureBehavior;
import io.netty.handler.ssl.ApplicationProtocolConfig.SelectorFailureBehavior;
import io.netty.handler.ssl.ApplicationProtocolNames;
import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.IdentityCipherSuiteFilter;
import io.netty.handler.ssl.JdkSslContext;
import io.netty.handler.ssl.OpenSsl;
import io.netty.handler.ssl.SslProvider;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.boot.reactor.netty.NettyReactiveWebServerFactory;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.boot.web.server.Ssl;
import reactor.netty.http.HttpProtocol;

import dev.mtls.authority.KeyType;
import dev.mtls.decision.MtlsException;
import dev.mtls.decision.Reason;
import dev.mtls.event.MtlsEvent.ConnectionCut;
import dev.mtls.event.MtlsEvent.PeerAdmitted;
import dev.mtls.event.MtlsEvent.PeerRefused;
import dev.mtls.tcp.netty.GatedSslContexts;
import dev.mtls.test.Flaw;
import dev.mtls.test.TestAuthority;
import dev.mtls.tls.TlsProfile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIOException;
import static org.awaitility.Awaitility.await;

/**
 * Tests for {@link MtlsNettyCustomizer}, with a real server and real peers.
 */
@ExtendWith(OutputCaptureExtension.class)
class MtlsNettyCustomizerTests {

	private static final Duration CUT = Duration.ofSeconds(1);

	@ParameterizedTest
	@CsvSource({ "JDK, HTTP_1_1", "JDK, HTTP_2", "OPENSSL, HTTP_1_1", "OPENSSL, HTTP_2" })
	void requestWhenPeerIsAllowedIsServed(SslProvider engine, HttpClient.Version version) throws Exception {
		try (NettyTestServer server = new NettyTestServer(engine)) {
			server.allow("alice");
			HttpResponse<String> response = http(server.client("alice"))
				.send(request(server, "/").version(version).build(), BodyHandlers.ofString());
			assertThat(response.body()).isEqualTo("hello");
			assertThat(response.version()).isEqualTo(version);
			assertThat(server.events(PeerAdmitted.class)).hasSize(1);
		}
	}

	@ParameterizedTest
	@CsvSource({ "JDK, TLSv1.2", "JDK, TLSv1.3", "OPENSSL, TLSv1.2", "OPENSSL, TLSv1.3" })
	void requestWhenPeerIsNotAllowedReachesNoHandler(SslProvider engine, String protocol, CapturedOutput output)
			throws Exception {
		try (NettyTestServer server = new NettyTestServer(engine)) {
			server.allow("alice");
			try (TlsConnection connection = new TlsConnection(server.client("mallory"), server.port(), protocol)) {
				assertThatIOException().isThrownBy(() -> connection.get("/"));
			}
			assertThat(refusal(server).reason()).isEqualTo(Reason.IDENTITY_NOT_ALLOWED);
			assertThat(server.requests()).isZero();
			assertThat(server.gate().connections()).isEmpty();
		}
		assertThat(output).doesNotContain("WARN").doesNotContain("Exception");
	}

	@ParameterizedTest
	@CsvSource({ "JDK, SELF_SIGNED, ISSUER_UNKNOWN, certificate_unknown",
			"JDK, EXPIRED, CERTIFICATE_EXPIRED, certificate_unknown",
			"OPENSSL, SELF_SIGNED, ISSUER_UNKNOWN, certificate_unknown",
			"OPENSSL, EXPIRED, CERTIFICATE_EXPIRED, certificate_expired",
			"OPENSSL, NOT_YET_VALID, CERTIFICATE_NOT_YET_VALID, certificate_expired",
			"OPENSSL, CA_AS_LEAF, LEAF_IS_CA, certificate_unknown" })
	void handshakeWhenPathIsRefusedEndsWithAlertAndOneEvent(SslProvider engine, Flaw flaw, Reason reason, String alert,
			CapturedOutput output) throws Exception {
		try (NettyTestServer server = new NettyTestServer(engine)) {
			SSLContext client = server.authority().client(flaw, "alice").sslContext(server.authority());
			try (TlsConnection connection = new TlsConnection(client, server.port(), "TLSv1.2")) {
				assertThatExceptionOfType(SSLException.class).isThrownBy(() -> connection.get("/"))
					.withMessageContaining(alert);
			}
			assertThat(refusal(server).reason()).isEqualTo(reason);
			assertThat(server.events(PeerRefused.class)).hasSize(1);
		}
		assertThat(output).doesNotContain("WARN").doesNotContain("Exception");
	}

	@ParameterizedTest
	@EnumSource(names = { "JDK", "OPENSSL" })
	void handshakeWhenCertificateIsMissingEndsWithItsReason(SslProvider engine, CapturedOutput output)
			throws Exception {
		try (NettyTestServer server = new NettyTestServer(engine)) {
			try (TlsConnection connection = new TlsConnection(server.authority().sslContext(), server.port(),
					"TLSv1.3")) {
				assertThatIOException().isThrownBy(() -> connection.get("/"));
			}
			assertThat(refusal(server).reason()).isEqualTo(Reason.CERTIFICATE_MISSING);
		}
		assertThat(output).doesNotContain("WARN").doesNotContain("Exception");
	}

	@ParameterizedTest
	@EnumSource(names = { "JDK", "OPENSSL" })
	void handshakeWhenPeerSpeaksNoTlsIsTold(SslProvider engine, CapturedOutput output) throws Exception {
		try (NettyTestServer server = new NettyTestServer(engine)) {
			try (Socket socket = TlsConnection.connect(1, server.port())) {
				socket.getOutputStream().write("GET / HTTP/1.1\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
				endOf(socket);
			}
			assertThat(refusal(server).reason()).isEqualTo(Reason.HANDSHAKE_FAILED);
		}
		assertThat(output).doesNotContain("WARN").doesNotContain("Exception");
	}

	@ParameterizedTest
	@EnumSource(names = { "JDK", "OPENSSL" })
	void connectionWhenAddressIsNotAllowedIsResetBeforeAnyByte(SslProvider engine, CapturedOutput output)
			throws Exception {
		try (NettyTestServer server = new NettyTestServer(engine, true, TlsProfile.defaults(),
				List.of("127.0.0.1/32"))) {
			assertThatExceptionOfType(SocketException.class).isThrownBy(() -> readFrom(2, server))
				.withMessageContaining("reset");
			assertThat(refusal(server).reason()).isEqualTo(Reason.ADDRESS_NOT_ALLOWED);
			assertThat(http(server.client("alice")).send(request(server, "/").build(), BodyHandlers.ofString()).body())
				.isEqualTo("hello");
		}
		assertThat(output).doesNotContain("WARN").doesNotContain("Exception");
	}

	@ParameterizedTest
	@CsvSource({ "JDK, TLSv1.2", "JDK, TLSv1.3", "OPENSSL, TLSv1.2", "OPENSSL, TLSv1.3" })
	void resumedSessionIsAdmittedAgainUntilTheNextGeneration(SslProvider engine, String protocol) throws Exception {
		try (NettyTestServer server = new NettyTestServer(engine)) {
			SSLContext client = server.client("alice");
			long first = sessionOf(server, client, protocol);
			assertThat(sessionOf(server, client, protocol)).as("resumed").isEqualTo(first);
			assertThat(server.events(PeerAdmitted.class)).hasSize(2);
			server.allow("alice", "bob");
			long second = sessionOf(server, client, protocol);
			assertThat(second).as("not resumed").isNotEqualTo(first);
			assertThat(sessionOf(server, client, protocol)).as("resumed").isEqualTo(second);
			server.allow("bob");
			assertThatIOException().isThrownBy(() -> sessionOf(server, client, protocol));
			assertThat(refusal(server).reason()).isEqualTo(Reason.IDENTITY_NOT_ALLOWED);
		}
	}

	@ParameterizedTest
	@CsvSource({ "JDK, TLSv1.2", "JDK, TLSv1.3", "OPENSSL, TLSv1.2", "OPENSSL, TLSv1.3" })
	void resumedSessionWhenCertificateRanOutIsRefused(SslProvider engine, String protocol) throws Exception {
		try (NettyTestServer server = new NettyTestServer(engine)) {
			SSLContext client = server.client("alice");
			long first = sessionOf(server, client, protocol);
			assertThat(sessionOf(server, client, protocol)).as("resumed").isEqualTo(first);
			server.advance(Duration.ofDays(36500));
			try (TlsConnection connection = new TlsConnection(client, server.port(), protocol)) {
				// Had the handshake been a full one, it would have failed by itself
				connection.socket().startHandshake();
				assertThat(connection.session().getCreationTime()).isEqualTo(first);
				assertThatIOException().isThrownBy(() -> connection.get("/"));
			}
			assertThat(refusal(server).reason()).isEqualTo(Reason.CERTIFICATE_EXPIRED);
			assertThat(server.requests()).isEqualTo(2);
		}
	}

	@ParameterizedTest
	@CsvSource({ "JDK, TLSv1.2", "JDK, TLSv1.3", "OPENSSL, TLSv1.2", "OPENSSL, TLSv1.3" })
	void idleConnectionIsCutByNewRulesAndThatOfAnotherPeerIsNot(SslProvider engine, String protocol,
			CapturedOutput output) throws Exception {
		try (NettyTestServer server = new NettyTestServer(engine);
				TlsConnection alice = new TlsConnection(server.client("alice"), server.port(), protocol);
				TlsConnection bob = new TlsConnection(server.client("bob"), server.port(), protocol)) {
			alice.get("/");
			bob.get("/");
			long start = System.nanoTime();
			server.allow("bob");
			endOf(alice);
			assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(CUT);
			assertThat(bob.get("/")).contains("200 OK");
			assertThat(server.events(ConnectionCut.class)).hasSize(1);
			assertThat(server.gate().connections()).hasSize(1);
			bob.socket().close();
			await().untilAsserted(() -> assertThat(server.gate().connections()).isEmpty());
		}
		assertThat(output).doesNotContain("WARN").doesNotContain("Exception");
	}

	@ParameterizedTest
	@CsvSource({ "JDK, HTTP_1_1", "JDK, HTTP_2", "OPENSSL, HTTP_1_1", "OPENSSL, HTTP_2" })
	void streamIsCutByNewRulesAndThatOfAnotherPeerIsNot(SslProvider engine, HttpClient.Version version)
			throws Exception {
		try (NettyTestServer server = new NettyTestServer(engine)) {
			InputStream alice = stream(server, "alice", version);
			InputStream bob = stream(server, "bob", version);
			alice.readNBytes(50);
			bob.readNBytes(50);
			long start = System.nanoTime();
			server.allow("bob");
			assertThatIOException().isThrownBy(() -> alice.readAllBytes());
			assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(CUT);
			assertThat(bob.readNBytes(500)).hasSize(500);
			assertThat(server.gate().connections()).hasSize(1);
			bob.close();
		}
	}

	@ParameterizedTest
	@EnumSource(names = { "JDK", "OPENSSL" })
	void http2StreamOfPeerThatGoesOnAfterGoAwayIsCut(SslProvider engine) throws Exception {
		try (NettyTestServer server = new NettyTestServer(engine)) {
			CountDownLatch begun = new CountDownLatch(3);
			CompletableFuture<String> end = reactorHttp2(server.client("alice")).get()
				.uri(server.uri("https", "/stream"))
				.responseContent()
				.asString()
				.doOnNext((text) -> begun.countDown())
				.last()
				.toFuture();
			assertThat(begun.await(5, TimeUnit.SECONDS)).isTrue();
			server.allow("bob");
			assertThatExceptionOfType(ExecutionException.class)
				.isThrownBy(() -> end.get(CUT.toMillis(), TimeUnit.MILLISECONDS));
		}
	}

	@ParameterizedTest
	@EnumSource(names = { "JDK", "OPENSSL" })
	void peerThatIsNotAllowedSeesNoByteOfHttp2(SslProvider engine) throws Exception {
		try (NettyTestServer server = new NettyTestServer(engine)) {
			server.allow("alice");
			try (TlsConnection connection = new TlsConnection(server.client("mallory"), server.port(), "TLSv1.3")) {
				SSLParameters parameters = connection.socket().getSSLParameters();
				parameters.setApplicationProtocols(new String[] { "h2" });
				connection.socket().setSSLParameters(parameters);
				connection.socket().startHandshake();
				assertThat(firstByte(connection)).isNegative();
			}
		}
	}

	@ParameterizedTest
	@EnumSource(names = { "JDK", "OPENSSL" })
	void webSocketIsCutByNewRulesAndThatOfAnotherPeerIsNot(SslProvider engine) throws Exception {
		try (NettyTestServer server = new NettyTestServer(engine)) {
			Echo alice = new Echo(server, "alice");
			Echo bob = new Echo(server, "bob");
			assertThat(alice.echo("one")).isEqualTo("one");
			assertThat(bob.echo("one")).isEqualTo("one");
			long start = System.nanoTime();
			server.allow("bob");
			alice.ended.get(5, TimeUnit.SECONDS);
			assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(CUT);
			assertThat(bob.echo("two")).isEqualTo("two");
			bob.socket.abort();
		}
	}

	@ParameterizedTest
	@EnumSource(names = { "JDK", "OPENSSL" })
	void killSwitchCutsAndResetsUntilItIsReleased(SslProvider engine) throws Exception {
		try (NettyTestServer server = new NettyTestServer(engine);
				TlsConnection alice = new TlsConnection(server.client("alice"), server.port(), "TLSv1.3")) {
			alice.get("/");
			server.killSwitch().set(true);
			endOf(alice);
			assertThatExceptionOfType(SocketException.class).isThrownBy(() -> readFrom(1, server))
				.withMessageContaining("reset");
			server.killSwitch().set(false);
			sessionOf(server, server.client("alice"), "TLSv1.3");
		}
	}

	@ParameterizedTest
	@EnumSource(names = { "JDK", "OPENSSL" })
	void requestWhenPeerIsNoLongerAdmittedIsNotServedWithoutAWalk(SslProvider engine) throws Exception {
		try (NettyTestServer server = new NettyTestServer(engine);
				TlsConnection connection = new TlsConnection(server.client("alice"), server.port(), "TLSv1.3")) {
			connection.get("/");
			server.stopWalking();
			server.advance(Duration.ofDays(36500));
			assertThatIOException().isThrownBy(() -> connection.get("/"));
			assertThat(server.requests()).isOne();
		}
	}

	@ParameterizedTest
	@EnumSource(names = { "JDK", "OPENSSL" })
	void connectionWhenCertificateRunsOutIsCut(SslProvider engine) throws Exception {
		try (NettyTestServer server = new NettyTestServer(engine);
				TlsConnection alice = new TlsConnection(server.client("alice"), server.port(), "TLSv1.3")) {
			alice.get("/");
			server.advance(Duration.ofDays(36500));
			endOf(alice);
			assertThat(server.events(ConnectionCut.class)).singleElement()
				.satisfies((cut) -> assertThat(cut.reason()).isEqualTo(Reason.CERTIFICATE_EXPIRED));
		}
	}

	@ParameterizedTest
	@EnumSource(names = { "JDK", "OPENSSL" })
	void silentPeerIsClosedAtTheHandshakeTimeout(SslProvider engine, CapturedOutput output) throws Exception {
		try (NettyTestServer server = new NettyTestServer(engine);
				Socket socket = TlsConnection.connect(1, server.port())) {
			endOf(socket);
			assertThat(refusal(server).reason()).isEqualTo(Reason.HANDSHAKE_TIMEOUT);
			assertThat(server.events(PeerRefused.class)).hasSize(1);
		}
		assertThat(output).doesNotContain("WARN").doesNotContain("Exception");
	}

	@ParameterizedTest
	@EnumSource(names = { "JDK", "OPENSSL" })
	void dribblingPeerIsClosedAtTheHandshakeTimeout(SslProvider engine) throws Exception {
		try (NettyTestServer server = new NettyTestServer(engine);
				Socket socket = TlsConnection.connect(1, server.port())) {
			// The header of a TLS record of 16 KiB, whose content comes byte by byte
			socket.getOutputStream().write(new byte[] { 22, 3, 1, 64, 0, 1, 0 });
			assertThatIOException().isThrownBy(() -> {
				while (true) {
					socket.getOutputStream().write(0);
					TimeUnit.MILLISECONDS.sleep(10);
				}
			});
			assertThat(refusal(server).reason()).isEqualTo(Reason.HANDSHAKE_TIMEOUT);
		}
	}

	@Test
	void renegotiatedConnectionIsNotReadFrom() throws Exception {
		try (NettyTestServer server = new NettyTestServer(SslProvider.JDK);
				TlsConnection alice = new TlsConnection(server.client("alice"), server.port(), "TLSv1.2")) {
			alice.get("/");
			alice.socket().startHandshake();
			// Sent before the server has answered the second ClientHello
			alice.get("/");
			assertThatIOException().isThrownBy(() -> alice.get("/"));
			assertThat(server.requests()).isEqualTo(2);
		}
	}

	@ParameterizedTest
	@EnumSource(names = { "JDK", "OPENSSL" })
	void anonymousPeerWhenCertificateIsWantedIsServed(SslProvider engine) throws Exception {
		try (NettyTestServer server = new NettyTestServer(engine, false, TlsProfile.defaults(), null)) {
			sessionOf(server, server.authority().sslContext(), "TLSv1.3");
			SSLContext stranger = TestAuthority.create().client("alice").sslContext(server.authority());
			assertThatIOException().isThrownBy(() -> sessionOf(server, stranger, "TLSv1.3"));
		}
	}

	@ParameterizedTest
	@EnumSource(names = { "JDK", "OPENSSL" })
	void profileIsWhatIsNegotiated(SslProvider engine) throws Exception {
		TlsProfile tls = new TlsProfile(List.of("TLSv1.2"),
				List.of("TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384", "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384"), List.of());
		try (NettyTestServer server = new NettyTestServer(engine, true, tls, null)) {
			try (TlsConnection connection = new TlsConnection(server.client("alice"), server.port(), "TLSv1.2")) {
				connection.get("/");
				assertThat(connection.session().getCipherSuite()).endsWith("AES_256_GCM_SHA384");
			}
			assertThatIOException().isThrownBy(() -> sessionOf(server, server.client("alice"), "TLSv1.3"));
		}
	}

	@Test
	void startWhenNativeEngineCannotRestrictSuitesFails() {
		TlsProfile tls = new TlsProfile(List.of("TLSv1.3"), List.of("TLS_AES_256_GCM_SHA384"), List.of());
		assertThatExceptionOfType(MtlsException.class)
			.isThrownBy(() -> new NettyTestServer(SslProvider.OPENSSL, true, tls, null))
			.withMessageContaining("mtls.server.ciphers")
			.satisfies((ex) -> assertThat(ex.reason()).isEqualTo(Reason.ENGINE_UNSUPPORTED));
	}

	@ParameterizedTest
	@CsvSource({ "OPENSSL, 1", "JDK, 0" })
	void startWhenNativeEngineCannotUseTheKeyTakesTheOtherAndSaysSoOnce(SslProvider engine, int lines,
			CapturedOutput output) throws Exception {
		try (NettyTestServer server = new NettyTestServer(engine, true, TlsProfile.defaults(), null, KeyType.ED25519)) {
			assertThat(output.getAll()
				.lines()
				.filter((line) -> line.contains("[server] netty-tcnative cannot use a key of the kind Ed25519"))
				.filter((line) -> line.contains("use an EC or RSA key"))).hasSize(lines);
			for (int generation = 0; generation < 2; generation++) {
				server.allow("alice");
				try (TlsConnection connection = new TlsConnection(server.client("alice"), server.port(), "TLSv1.3")) {
					assertThat(connection.get("/")).endsWith("hello");
				}
			}
		}
		assertThat(output.getAll().lines().filter((line) -> line.contains("cannot use a key"))).hasSize(lines);
	}

	@Test
	void customizeWhenServerSslIsSetFails() {
		try (NettyTestServer server = new NettyTestServer(SslProvider.JDK)) {
			NettyReactiveWebServerFactory factory = new NettyReactiveWebServerFactory();
			factory.setSsl(new Ssl());
			assertThatExceptionOfType(MtlsException.class)
				.isThrownBy(() -> new MtlsNettyCustomizer(server.gate(), "mtls-server", null).customize(factory))
				.satisfies((ex) -> assertThat(ex.reason()).isEqualTo(Reason.CONFIGURATION_CONFLICT));
		}
	}

	@Test
	void nativeEngineIsThere() {
		assertThat(OpenSsl.unavailabilityCause()).isNull();
		assertThat(GatedSslContexts.defaultEngine()).isEqualTo(SslProvider.OPENSSL);
	}

	private static long sessionOf(NettyTestServer server, SSLContext client, String protocol) throws IOException {
		try (TlsConnection connection = new TlsConnection(client, server.port(), protocol)) {
			connection.get("/");
			return connection.session().getCreationTime();
		}
	}

	private static PeerRefused refusal(NettyTestServer server) {
		await().until(() -> !server.events(PeerRefused.class).isEmpty());
		return server.events(PeerRefused.class).get(0);
	}

	private static void readFrom(int address, NettyTestServer server) throws IOException {
		try (Socket socket = TlsConnection.connect(address, server.port())) {
			assertThat(socket.getInputStream().read()).isNegative();
		}
	}

	private static int firstByte(TlsConnection connection) throws IOException {
		try {
			return connection.socket().getInputStream().read();
		}
		catch (SSLException | SocketException ex) {
			return -1;
		}
	}

	private static void endOf(TlsConnection connection) throws IOException {
		try {
			connection.readToEnd();
		}
		catch (SSLException | SocketException ex) {
			// Without close_notify, or a reset
			assertThat(ex).isNotNull();
		}
	}

	private static void endOf(Socket socket) throws IOException {
		try {
			socket.getInputStream().readAllBytes();
		}
		catch (SocketException ex) {
			assertThat(ex).hasMessageContaining("reset");
		}
	}

	private static reactor.netty.http.client.HttpClient reactorHttp2(SSLContext context) {
		ApplicationProtocolConfig protocols = new ApplicationProtocolConfig(Protocol.ALPN,
				SelectorFailureBehavior.NO_ADVERTISE, SelectedListenerFailureBehavior.ACCEPT,
				ApplicationProtocolNames.HTTP_2);
		JdkSslContext ssl = new JdkSslContext(context, true, null, IdentityCipherSuiteFilter.INSTANCE, protocols,
				ClientAuth.NONE, null, false);
		return reactor.netty.http.client.HttpClient.newConnection()
			.protocol(HttpProtocol.H2)
			.secure((spec) -> spec.sslContext(ssl));
	}

	private static HttpClient http(SSLContext context) {
		return HttpClient.newBuilder().sslContext(context).build();
	}

	private static HttpRequest.Builder request(NettyTestServer server, String path) {
		return HttpRequest.newBuilder(server.uri("https", path));
	}

	private static InputStream stream(NettyTestServer server, String name, HttpClient.Version version)
			throws Exception {
		HttpResponse<InputStream> response = http(server.client(name))
			.send(request(server, "/stream").version(version).build(), BodyHandlers.ofInputStream());
		assertThat(response.version()).isEqualTo(version);
		return response.body();
	}

	/**
	 * A WebSocket whose other end answers what it was told.
	 */
	private static final class Echo {

		private final BlockingQueue<String> answers = new LinkedBlockingQueue<>();

		private final CompletableFuture<Void> ended = new CompletableFuture<>();

		private final WebSocket socket;

		private Echo(NettyTestServer server, String name) {
			this.socket = http(server.client(name)).newWebSocketBuilder()
				.buildAsync(server.uri("wss", "/ws"), new Listener())
				.join();
		}

		private @Nullable String echo(String text) throws InterruptedException {
			this.socket.sendText(text, true).join();
			return this.answers.poll(5, TimeUnit.SECONDS);
		}

		/**
		 * What comes from the other end.
		 */
		private final class Listener implements WebSocket.Listener {

			@Override
			public @Nullable CompletionStage<?> onText(WebSocket webSocket, CharSequence data, boolean last) {
				Echo.this.answers.add(data.toString());
				webSocket.request(1);
				return null;
			}

			@Override
			public @Nullable CompletionStage<?> onClose(WebSocket webSocket, int statusCode, String reason) {
				Echo.this.ended.complete(null);
				return null;
			}

			@Override
			public void onError(WebSocket webSocket, Throwable error) {
				Echo.this.ended.complete(null);
			}

		}

	}

}
