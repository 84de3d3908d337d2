package dev.mtls.socket;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.function.UnaryOperator;

import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.SSLSocket;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsExchange;
import com.sun.net.httpserver.HttpsParameters;
import com.sun.net.httpserver.HttpsServer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import dev.mtls.authority.CertificateRequest;
import dev.mtls.authority.IssuedCertificate;
import dev.mtls.decision.MtlsException;
import dev.mtls.decision.Reason;
import dev.mtls.event.MtlsEvent;
import dev.mtls.identity.PeerIdentity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for the factories of the JDK that a {@link MtlsContext} makes.
 */
@Timeout(60)
class MtlsContextFactoriesTests {

	@Test
	void httpServerAndClientOfJdkKnowEachOther() throws Exception {
		try (Https server = Https.start(UnaryOperator.identity(), false);
				MtlsContext client = Parties.builder(Parties.ALICE).build()) {
			HttpClient http = http(client);
			assertThat(get(http, server, "localhost")).isEqualTo("Hello alice.example.com");
			assertThat(get(http, server, "localhost")).isEqualTo("Hello alice.example.com");
			assertThat(server.events.await(MtlsEvent.PeerAdmitted.class).identity()).isNotNull();
		}
	}

	@ParameterizedTest
	@ValueSource(booleans = { false, true })
	void httpServerRefusesClientWithoutCertificate(boolean careless) throws Exception {
		try (Https server = Https.start(UnaryOperator.identity(), careless);
				MtlsContext client = Parties.anonymous().build()) {
			HttpClient http = http(client);
			assertThatExceptionOfType(IOException.class).isThrownBy(() -> get(http, server, "localhost"));
			assertThat(server.events.awaitRefusal()).isEqualTo(Reason.CERTIFICATE_MISSING);
		}
	}

	@Test
	void httpServerRefusesClientThatIsNotAllowed() throws Exception {
		IssuedCertificate bob = Parties.ROOT.issue(Parties.client("bob").build());
		try (Https server = Https.start((builder) -> builder.allowedNames("dns:alice.example.com"), false);
				MtlsContext client = Parties.builder(bob).build()) {
			HttpClient http = http(client);
			assertThatExceptionOfType(IOException.class).isThrownBy(() -> get(http, server, "localhost"));
			assertThat(server.events.awaitRefusal()).isEqualTo(Reason.IDENTITY_NOT_ALLOWED);
		}
	}

	@Test
	void httpClientRefusesServer() throws Exception {
		try (Https server = Https.start(UnaryOperator.identity(), false);
				MtlsContext names = Parties.builder(Parties.ALICE).allowedNames("dns:other").build()) {
			HttpClient http = http(names);
			assertThatExceptionOfType(IOException.class).isThrownBy(() -> get(http, server, "localhost"))
				.satisfies((ex) -> assertThat(reasonOf(ex)).isEqualTo(Reason.IDENTITY_NOT_ALLOWED));
		}
	}

	@Test
	void httpConnectionThatStandsIsCut() throws Exception {
		try (Https server = Https.start(UnaryOperator.identity(), false);
				MtlsContext client = Parties.builder(Parties.ALICE).build()) {
			HttpClient http = http(client);
			assertThat(get(http, server, "localhost")).startsWith("Hello");
			server.context.killSwitch().set(true);
			assertThatExceptionOfType(IOException.class).isThrownBy(() -> get(http, server, "localhost"));
			server.context.killSwitch().set(false);
			assertThat(get(http, server, "localhost")).startsWith("Hello");
			client.killSwitch().set(true);
			assertThatExceptionOfType(IOException.class).isThrownBy(() -> get(http, server, "localhost"))
				.satisfies((ex) -> assertThat(reasonOf(ex)).isEqualTo(Reason.KILL_SWITCH));
			client.killSwitch().set(false);
			assertThat(get(http, server, "localhost")).startsWith("Hello");
		}
	}

	@Test
	void defaultParametersNeedClientCertificate() {
		try (MtlsContext server = Parties.builder(Parties.SERVER).minimumTls("TLSv1.3").build();
				MtlsContext wanting = Parties.builder(Parties.SERVER).requireClientCertificate(false).build()) {
			SSLParameters parameters = server.serverSslContext().getDefaultSSLParameters();
			assertThat(parameters.getNeedClientAuth()).isTrue();
			assertThat(parameters.getProtocols()).containsExactly("TLSv1.3");
			assertThat(server.serverSslContext().createSSLEngine().getNeedClientAuth()).isTrue();
			assertThat(server.serverSslContext().createSSLEngine().getUseClientMode()).isFalse();
			assertThat(server.clientSslContext().createSSLEngine("a", 1).getUseClientMode()).isTrue();
			assertThat(wanting.serverSslContext().getDefaultSSLParameters().getNeedClientAuth()).isFalse();
			assertThat(wanting.serverSslContext().getDefaultSSLParameters().getWantClientAuth()).isTrue();
		}
	}

	@Test
	void socketOfFactoryTalksUntilItIsCut() throws Exception {
		try (EchoServer server = EchoServer.start();
				MtlsContext client = Parties.builder(Parties.ALICE).build();
				SSLSocket socket = (SSLSocket) client.socketFactory()
					.createSocket("localhost", server.listener.port())) {
			socket.getOutputStream().write("ping".getBytes(StandardCharsets.US_ASCII));
			assertThat(Parties.receive(socket.getInputStream(), 4)).isEqualTo("ping");
			assertThat(socket.getSession().getPeerCertificates()).contains(Parties.SERVER.certificate());
			socket.startHandshake();
			Background<Integer> reading = Background.run(() -> socket.getInputStream().read());
			client.killSwitch().set(true);
			assertThat(reading.failure()).isInstanceOf(SSLException.class)
				.satisfies((ex) -> assertThat(reasonOf(ex)).isEqualTo(Reason.KILL_SWITCH));
			assertThatExceptionOfType(SSLException.class).isThrownBy(() -> socket.getOutputStream().write(1));
			Parties.await(socket::isClosed);
			assertThatExceptionOfType(SSLException.class)
				.isThrownBy(() -> client.socketFactory().createSocket("localhost", server.listener.port()))
				.satisfies((ex) -> assertThat(reasonOf(ex)).isEqualTo(Reason.KILL_SWITCH));
		}
	}

	@Test
	void socketOfFactoryChecksAddressAndServer() throws Exception {
		IssuedCertificate other = Parties.ROOT.issue(CertificateRequest.server("other.example.com").build());
		try (EchoServer server = EchoServer.start(other, UnaryOperator.identity());
				MtlsContext client = Parties.builder(Parties.ALICE).build();
				MtlsContext networks = Parties.builder(Parties.ALICE).allowedNetworks("10.0.0.0/8").build();
				Socket connected = Parties.plain(server.listener)) {
			int port = server.listener.port();
			try (SSLSocket socket = (SSLSocket) client.socketFactory().createSocket("localhost", port)) {
				assertThatExceptionOfType(SSLException.class).isThrownBy(socket::startHandshake)
					.satisfies((ex) -> assertThat(reasonOf(ex)).isEqualTo(Reason.HOST_NAME_MISMATCH));
				assertThatExceptionOfType(SSLException.class).isThrownBy(() -> socket.getOutputStream().write(1));
				assertThat(socket.getSession().isValid()).isFalse();
			}
			try (Socket socket = client.socketFactory()
				.createSocket(Parties.plain(server.listener), "other.example.com", port, true)) {
				socket.getOutputStream().write(1);
				assertThat(socket.getInputStream().read()).isEqualTo(1);
			}
			InetAddress address = Parties.loopback();
			assertThatExceptionOfType(SSLException.class)
				.isThrownBy(() -> networks.socketFactory().createSocket(address, port))
				.satisfies((ex) -> assertThat(reasonOf(ex)).isEqualTo(Reason.ADDRESS_NOT_ALLOWED));
			assertThatExceptionOfType(SSLException.class)
				.isThrownBy(() -> networks.socketFactory().createSocket(connected, "localhost", port, true));
			try (Socket socket = networks.socketFactory().createSocket()) {
				assertThatExceptionOfType(SSLException.class)
					.isThrownBy(() -> socket.connect(new InetSocketAddress(address, port)));
			}
		}
	}

	@Test
	void serverSocketOfFactoryAdmitsClients() throws Exception {
		Events events = new Events();
		try (MtlsContext server = Parties.builder(Parties.SERVER)
			.allowedNames("dns:alice.example.com")
			.onEvent(events)
			.build();
				SSLServerSocket listening = (SSLServerSocket) server.serverSocketFactory()
					.createServerSocket(0, 50, Parties.loopback());
				MtlsContext alice = Parties.builder(Parties.ALICE).build();
				MtlsContext anonymous = Parties.anonymous().build();
				MtlsContext bob = Parties.builder(Parties.ROOT.issue(Parties.client("bob").build())).build()) {
			assertThat(listening.getNeedClientAuth()).isTrue();
			Background<Void> serving = Background.run(() -> {
				for (int i = 0; i < 3; i++) {
					try (Socket socket = listening.accept()) {
						socket.getInputStream().transferTo(socket.getOutputStream());
					}
					catch (IOException ex) {
						// The client was refused
					}
				}
				return null;
			});
			String target = "localhost:" + listening.getLocalPort();
			try (MtlsConnection connection = alice.connect(target)) {
				Parties.assertPing(connection);
			}
			assertThatExceptionOfType(Exception.class).isThrownBy(() -> {
				try (MtlsConnection connection = bob.connect(target)) {
					connection.inputStream().read();
				}
			});
			assertThat(events.awaitRefusal()).isEqualTo(Reason.IDENTITY_NOT_ALLOWED);
			listening.setNeedClientAuth(false);
			assertThatExceptionOfType(Exception.class).isThrownBy(() -> {
				try (MtlsConnection connection = anonymous.connect(target)) {
					connection.inputStream().read();
				}
			});
			assertThat(events.awaitRefusal()).isEqualTo(Reason.CERTIFICATE_MISSING);
			serving.get();
			assertThat(server.serverGate().connections()).isEmpty();
		}
	}

	@Test
	void serverSocketOfFactoryResetsAddressThatIsNotAllowed() throws Exception {
		try (MtlsContext server = Parties.builder(Parties.SERVER).allowedNetworks("10.0.0.0/8").build();
				SSLServerSocket listening = (SSLServerSocket) server.serverSocketFactory()
					.createServerSocket(0, 50, Parties.loopback());
				Socket client = new Socket(Parties.loopback(), listening.getLocalPort());
				Socket accepted = listening.accept()) {
			assertThatExceptionOfType(SocketException.class).isThrownBy(() -> client.getInputStream().read())
				.withMessageContaining("reset");
			assertThatExceptionOfType(IOException.class).isThrownBy(() -> accepted.getInputStream().read());
		}
	}

	@Test
	void handshakeOfSocketOfFactoryIsBounded() throws Exception {
		try (MtlsContext server = Parties.builder(Parties.SERVER).handshakeTimeout(Duration.ofMillis(100)).build();
				SSLServerSocket listening = (SSLServerSocket) server.serverSocketFactory()
					.createServerSocket(0, 50, Parties.loopback());
				Socket client = new Socket(Parties.loopback(), listening.getLocalPort());
				Socket accepted = listening.accept()) {
			assertThatExceptionOfType(SSLException.class).isThrownBy(() -> accepted.getInputStream().read())
				.satisfies((ex) -> assertThat(reasonOf(ex)).isEqualTo(Reason.HANDSHAKE_TIMEOUT));
			assertThatExceptionOfType(SocketException.class).isThrownBy(() -> client.getInputStream().read());
		}
	}

	private static HttpClient http(MtlsContext context) {
		return HttpClient.newBuilder()
			.version(HttpClient.Version.HTTP_1_1)
			.sslContext(context.clientSslContext())
			.connectTimeout(Parties.BOUND)
			.build();
	}

	private static String get(HttpClient http, Https server, String host) throws IOException, InterruptedException {
		URI uri = URI.create("https://%s:%d/".formatted(host, server.http.getAddress().getPort()));
		return http.send(HttpRequest.newBuilder(uri).timeout(Parties.BOUND).build(), BodyHandlers.ofString()).body();
	}

	private static Reason reasonOf(Throwable failure) {
		for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
			if (cause instanceof MtlsException ex) {
				return ex.reason();
			}
		}
		throw new AssertionError("No reason", failure);
	}

	/**
	 * The JDK's own HTTPS server.
	 */
	private static final class Https implements AutoCloseable {

		private final Events events = new Events();

		private final MtlsContext context;

		private final HttpsServer http;

		private Https(MtlsContextBuilder builder, boolean careless) throws IOException {
			this.context = builder.onEvent(this.events).build();
			this.http = HttpsServer.create(new InetSocketAddress(Parties.loopback(), 0), 50);
			HttpsConfigurator configurator = new HttpsConfigurator(this.context.serverSslContext());
			this.http.setHttpsConfigurator(careless ? new Careless(configurator) : configurator);
			this.http.setExecutor(Executors.newCachedThreadPool(ContextThreads.daemons("http-")));
			this.http.createContext("/", (exchange) -> {
				byte[] body = ("Hello " + name(exchange)).getBytes(StandardCharsets.US_ASCII);
				exchange.sendResponseHeaders(200, body.length);
				exchange.getResponseBody().write(body);
				exchange.close();
			});
			this.http.start();
		}

		static Https start(UnaryOperator<MtlsContextBuilder> customizer, boolean careless) throws IOException {
			return new Https(customizer.apply(Parties.builder(Parties.SERVER)), careless);
		}

		@Override
		public void close() {
			this.http.stop(0);
			this.context.close();
		}

		private static String name(HttpExchange exchange) throws IOException {
			return PeerIdentity
				.of((X509Certificate) ((HttpsExchange) exchange).getSSLSession().getPeerCertificates()[0])
				.displayName();
		}

	}

	/**
	 * Sets parameters that do not ask for a certificate.
	 */
	private static final class Careless extends HttpsConfigurator {

		private Careless(HttpsConfigurator configurator) {
			super(configurator.getSSLContext());
		}

		@Override
		public void configure(HttpsParameters parameters) {
			parameters.setSSLParameters(new SSLParameters());
		}

	}

}
