package dev.mtls.boot.jetty;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;

import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.eclipse.jetty.ee11.servlet.ServletContextRequest;
import org.eclipse.jetty.server.Connector;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.websocket.api.Callback;
import org.eclipse.jetty.websocket.api.Session;
import org.eclipse.jetty.websocket.server.WebSocketUpgradeHandler;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.jetty.JettyServerCustomizer;
import org.springframework.boot.jetty.JettyWebServer;
import org.springframework.boot.jetty.servlet.JettyServletWebServerFactory;
import org.springframework.boot.ssl.DefaultSslBundleRegistry;
import org.springframework.boot.ssl.SslBundle;
import org.springframework.boot.ssl.SslStoreBundle;
import org.springframework.boot.web.server.Http2;

import dev.mtls.event.MtlsEvent;
import dev.mtls.gate.Gate;
import dev.mtls.gate.GateSettings;
import dev.mtls.gate.KillSwitch;
import dev.mtls.gate.LiveConnection;
import dev.mtls.gate.SnapshotLocations;
import dev.mtls.test.TestAuthority;
import dev.mtls.test.TestCertificate;
import dev.mtls.tls.TlsProfile;

/**
 * A Jetty behind a gate whose rules, material and clock can be changed. Spring Boot makes
 * it, but does not choose it.
 */
final class JettyFixture implements AutoCloseable {

	private static final String BUNDLE = "mtls-server";

	final List<MtlsEvent> events = new CopyOnWriteArrayList<>();

	final KillSwitch killSwitch = new KillSwitch(false);

	final AtomicInteger waiting = new AtomicInteger();

	final Gate gate;

	private final TestAuthority authority;

	private final Path directory;

	private final ExecutorService walker = Executors.newSingleThreadExecutor();

	private final JettyWebServer webServer;

	private volatile Duration clockOffset = Duration.ZERO;

	JettyFixture(TestAuthority authority, Path directory, Options options) {
		this.authority = authority;
		this.directory = directory;
		authority.writeTo(directory, "ca");
		writeServerCertificate();
		write("clients", "dns:alice", "dns:bob");
		write("networks", "127.0.0.1/32");
		this.gate = Gate
			.builder(GateSettings.server(options.certificateRequired(), options.tls())
				.withHandshakeTimeout(options.handshakeTimeout()), locations())
			.clock(() -> Instant.now().plus(this.clockOffset))
			.killSwitch(this.killSwitch)
			.events(this.events::add)
			.executor(this.walker)
			.open();
		this.webServer = start(options);
	}

	static JettyFixture start(TestAuthority authority, Path directory) {
		return new JettyFixture(authority, directory, Options.DEFAULT);
	}

	int port() {
		return this.webServer.getPort();
	}

	Server server() {
		return this.webServer.getServer();
	}

	void allowClients(String... patterns) {
		write("clients", patterns);
		this.gate.reload();
	}

	void allowNetworks(String... networks) {
		write("networks", networks);
		this.gate.reload();
	}

	X509Certificate replaceServerCertificate() {
		X509Certificate certificate = writeServerCertificate();
		this.gate.reload();
		return certificate;
	}

	void advanceClock(Duration duration) {
		this.clockOffset = this.clockOffset.plus(duration);
	}

	int connectionCount() {
		int count = 0;
		for (Connector connector : server().getConnectors()) {
			count += connector.getConnectedEndPoints().size();
		}
		return count;
	}

	<E extends MtlsEvent> List<E> events(Class<E> type) {
		return this.events.stream().filter(type::isInstance).map(type::cast).toList();
	}

	@Override
	public void close() {
		this.webServer.stop();
		this.webServer.destroy();
		this.walker.shutdownNow();
	}

	private X509Certificate writeServerCertificate() {
		TestCertificate certificate = this.authority.server();
		certificate.writeTo(this.directory, "server");
		return certificate.certificate();
	}

	private void write(String name, String... lines) {
		try {
			Files.write(this.directory.resolve(name), List.of(lines));
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private SnapshotLocations locations() {
		return SnapshotLocations.builder("mtls.server")
			.pem(file("server.crt"), file("server.key"), null)
			.trustCertificates(List.of(file("ca.crt")))
			.allowedPeers("allowed-clients", List.of(file("clients")))
			.allowedNetworks(List.of(file("networks")))
			.build();
	}

	private String file(String name) {
		return "file:" + this.directory.resolve(name);
	}

	private JettyWebServer start(Options options) {
		JettyServletWebServerFactory factory = new JettyServletWebServerFactory(0);
		factory.setAddress(InetAddress.getLoopbackAddress());
		DefaultSslBundleRegistry bundles = new DefaultSslBundleRegistry();
		// Empty: it is the gate that has key and trust
		bundles.registerBundle(BUNDLE, SslBundle.of(SslStoreBundle.NONE));
		factory.setSslBundles(bundles);
		Http2 http2 = new Http2();
		http2.setEnabled(true);
		factory.setHttp2(http2);
		new MtlsJettyCustomizer(this.gate, BUNDLE, null).customize(factory);
		factory.addServerCustomizers(JettyFixture::addWebSocket, options.serverCustomizer());
		JettyWebServer server = (JettyWebServer) factory.getWebServer(
				(context) -> context.addServlet("test", new TestServlet()).addMapping("/whoami", "/stream", "/wait"));
		server.start();
		return server;
	}

	private static void addWebSocket(Server server) {
		WebSocketUpgradeHandler webSocket = WebSocketUpgradeHandler.from(server,
				(container) -> container.addMapping("/echo", (request, response, callback) -> new Echo()));
		server.setHandler(new Handler.Sequence(webSocket, server.getHandler()));
	}

	/**
	 * What may differ between tests.
	 *
	 * @param certificateRequired whether a client needs a certificate
	 * @param tls what may be negotiated
	 * @param handshakeTimeout how long a handshake may take
	 * @param serverCustomizer is applied after the gate
	 */
	record Options(boolean certificateRequired, TlsProfile tls, Duration handshakeTimeout,
			JettyServerCustomizer serverCustomizer) {

		static final Options DEFAULT = new Options(true, TlsProfile.defaults(), Duration.ofSeconds(10), (server) -> {
		});

		Options withCertificateRequired(boolean certificateRequired) {
			return new Options(certificateRequired, this.tls, this.handshakeTimeout, this.serverCustomizer);
		}

		Options withTls(TlsProfile tls) {
			return new Options(this.certificateRequired, tls, this.handshakeTimeout, this.serverCustomizer);
		}

		Options withHandshakeTimeout(Duration handshakeTimeout) {
			return new Options(this.certificateRequired, this.tls, handshakeTimeout, this.serverCustomizer);
		}

		Options withServerCustomizer(JettyServerCustomizer serverCustomizer) {
			return new Options(this.certificateRequired, this.tls, this.handshakeTimeout, serverCustomizer);
		}

	}

	/**
	 * Says who called, sends without end, or waits in vain.
	 */
	private final class TestServlet extends HttpServlet {

		private static final long serialVersionUID = 1L;

		@Override
		protected void doGet(HttpServletRequest request, HttpServletResponse response)
				throws ServletException, IOException {
			switch (request.getServletPath()) {
				case "/stream" -> stream(response);
				case "/wait" -> await(response);
				default -> response.getWriter().print(displayName(request));
			}
		}

		private static void stream(HttpServletResponse response) throws IOException {
			byte[] chunk = new byte[1024];
			OutputStream output = response.getOutputStream();
			while (true) {
				output.write(chunk);
				output.flush();
			}
		}

		private void await(HttpServletResponse response) throws IOException {
			JettyFixture.this.waiting.incrementAndGet();
			try {
				Thread.sleep(Duration.ofMinutes(1).toMillis());
			}
			catch (InterruptedException ex) {
				Thread.currentThread().interrupt();
			}
			response.getWriter().print("late");
		}

		private static String displayName(HttpServletRequest request) {
			LiveConnection connection = (LiveConnection) ServletContextRequest.getServletContextRequest(request)
				.getConnectionMetaData()
				.getAttribute(MtlsJettyCustomizer.LIVE_CONNECTION);
			return (connection != null && connection.identity() != null) ? connection.identity().displayName()
					: "anonymous";
		}

	}

	/**
	 * Sends back what it receives.
	 */
	public static final class Echo implements Session.Listener.AutoDemanding {

		private @Nullable Session session;

		@Override
		public void onWebSocketOpen(Session session) {
			this.session = session;
		}

		@Override
		public void onWebSocketText(String message) {
			Objects.requireNonNull(this.session).sendText(message, Callback.NOOP);
		}

	}

}
