package dev.mtls.boot.autoconfigure;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.actuate.autoconfigure.endpoint.EndpointAutoConfiguration;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.ssl.SslAutoConfiguration;
import org.springframework.boot.test.context.assertj.AssertableApplicationContext;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.ApplicationContext;

import dev.mtls.boot.actuate.TunnelDescriptor;
import dev.mtls.boot.actuate.TunnelsEndpoint;
import dev.mtls.boot.tunnel.TunnelLifecycle;
import dev.mtls.tcp.tunnel.RunningTunnel;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Base class for tests of tunnels of an application, over sockets: a client tunnel, a
 * server tunnel and a plain service behind it.
 */
abstract class AbstractTunnelTests {

	static final Duration BOUND = Duration.ofSeconds(10);

	@TempDir
	Path directory;

	final EchoService service = EchoService.start();

	MtlsTestFiles files;

	@BeforeEach
	void writeFiles() {
		this.files = MtlsTestFiles.in(this.directory);
	}

	@AfterEach
	void closeService() {
		this.service.close();
	}

	void both(Use use) {
		both(this.files, new String[0], use);
	}

	void both(MtlsTestFiles files, String[] serverProperties, Use use) {
		server(files).withPropertyValues(serverProperties)
			.run((server) -> client(files, server).run((client) -> use.use(server, client)));
	}

	static ApplicationContextRunner client(MtlsTestFiles files, ApplicationContext server) {
		return new ApplicationContextRunner().withConfiguration(configurations())
			.withPropertyValues(files.clientProperties())
			.withPropertyValues("mtls.tunnels.out.role=client", "mtls.tunnels.out.listen=127.0.0.1:0",
					"mtls.tunnels.out.target=localhost:" + port(server, "in"), "mtls.tunnels.out.shutdown-timeout=0s",
					"management.endpoints.web.exposure.include=mtlstunnels");
	}

	ApplicationContextRunner server() {
		return server(this.files);
	}

	ApplicationContextRunner server(MtlsTestFiles files) {
		return new ApplicationContextRunner().withConfiguration(configurations())
			.withPropertyValues(files.serverProperties())
			.withPropertyValues("mtls.tunnels.in.role=server", "mtls.tunnels.in.listen=127.0.0.1:0",
					"mtls.tunnels.in.target=" + this.service.address(), "mtls.server.allowed-clients=dns:client",
					"mtls.reload.enabled=false", "management.endpoints.web.exposure.include=mtlstunnels");
	}

	static AutoConfigurations configurations() {
		return AutoConfigurations.of(MtlsAutoConfiguration.class, MtlsServerAutoConfiguration.class,
				MtlsClientAutoConfiguration.class, MtlsTunnelAutoConfiguration.class,
				MtlsTunnelsMetricsAutoConfiguration.class, MtlsTunnelsEndpointAutoConfiguration.class,
				MtlsTunnelsHealthContributorAutoConfiguration.class, EndpointAutoConfiguration.class,
				SslAutoConfiguration.class);
	}

	static TunnelDescriptor described(ApplicationContext server) {
		return Objects.requireNonNull(server.getBean(TunnelsEndpoint.class).describe().tunnels().get("in"));
	}

	static RunningTunnel tunnel(ApplicationContext server) {
		return server.getBean(TunnelLifecycle.class).tunnel("in");
	}

	static int port(ApplicationContext context, String tunnel) {
		String address = context.getBean(TunnelLifecycle.class).tunnel(tunnel).address().toString();
		return Integer.parseInt(address.substring(address.lastIndexOf(':') + 1));
	}

	static Socket open(ApplicationContext client) throws IOException {
		Socket socket = new Socket(InetAddress.getLoopbackAddress(), port(client, "out"));
		socket.setSoTimeout(10_000);
		return socket;
	}

	static String exchange(Socket socket, String text) throws IOException {
		send(socket, text);
		return read(socket, text.length());
	}

	static void send(Socket socket, String text) throws IOException {
		socket.getOutputStream().write(text.getBytes(StandardCharsets.US_ASCII));
	}

	static String read(Socket socket, int length) throws IOException {
		return new String(socket.getInputStream().readNBytes(length), StandardCharsets.US_ASCII);
	}

	static void assertIsClosed(Socket socket) {
		int read;
		try {
			read = socket.getInputStream().read();
		}
		catch (IOException ex) {
			assertThat(ex).hasMessageContaining("reset");
			return;
		}
		assertThat(read).isEqualTo(-1);
	}

	/**
	 * Uses the application with the server tunnel and the one with the client tunnel.
	 */
	@FunctionalInterface
	interface Use {

		void use(AssertableApplicationContext server, AssertableApplicationContext client) throws Exception;

	}

}
