package dev.mtls.cli.tunnel;

import java.io.IOException;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import dev.mtls.cli.CommandProcess;
import dev.mtls.test.TestAuthority;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests that the tunnels of {@code docs/kubernetes} reach each other, with the arguments,
 * configuration and names of their manifests, on other ports.
 */
class TunnelManifestsBlackBoxTests {

	private static final String STATUS = "0.0.0.0:8081";

	private final TestAuthority authority = TestAuthority.create();

	private final int serverStatus = Loopback.freePort();

	private final int clientStatus = Loopback.freePort();

	@TempDir
	private Path directory;

	private TunnelManifest serverManifest;

	private TunnelManifest clientManifest;

	private PlainService redis;

	private TunnelProcess server;

	private TunnelProcess client;

	@BeforeEach
	void start() throws IOException {
		Path hosts = Files.writeString(this.directory.resolve("hosts"), "127.0.0.1 localhost redis.shop.svc\n");
		List<String> javaOptions = List.of("-Djdk.net.hosts.file=" + hosts);
		this.redis = PlainService.echo();
		this.serverManifest = new TunnelManifest("tunnel-server.yaml",
				Files.createDirectory(this.directory.resolve("server")));
		this.serverManifest.change(STATUS, "127.0.0.1:" + this.serverStatus);
		this.serverManifest.change("0.0.0.0:6380", "127.0.0.1:0");
		this.serverManifest.change("127.0.0.1:6379", this.redis.address());
		this.server = this.serverManifest.start(this.authority, javaOptions);
		this.server.awaitOut("[redis] Listens at ");
		this.clientManifest = new TunnelManifest("tunnel-client.yaml",
				Files.createDirectory(this.directory.resolve("client")));
		this.clientManifest.change(STATUS, "127.0.0.1:" + this.clientStatus);
		this.clientManifest.change("127.0.0.1:6379", "127.0.0.1:0");
		this.clientManifest.change("redis.shop.svc:6380", "redis.shop.svc:" + this.server.port());
		this.client = this.clientManifest.start(this.authority, javaOptions);
		this.client.awaitOut("[redis] Listens at ");
	}

	@AfterEach
	void stop() throws IOException {
		for (TunnelProcess process : new TunnelProcess[] { this.client, this.server }) {
			if (process != null) {
				process.close();
			}
		}
		this.redis.close();
	}

	@Test
	void applicationReachesTheService() throws Exception {
		try (Socket application = Loopback.connect(this.client.port())) {
			assertThat(Loopback.exchange(application, "PING")).isEqualTo("PING");
		}
		assertThat(this.redis.accepted()).isOne();
	}

	@Test
	void probesAreAnswered() {
		ForeignProgram.require("curl");
		assertThat(this.serverManifest.probes()).hasSize(3)
			.allSatisfy((path) -> assertThat(probe(this.serverStatus, path)).contains("\"UP\""));
		assertThat(this.clientManifest.probes()).hasSize(2)
			.allSatisfy((path) -> assertThat(probe(this.clientStatus, path)).contains("\"UP\""));
	}

	// As the kubelet does, which verifies nothing
	private String probe(int port, String path) {
		CommandProcess.Result result = new CommandProcess(this.directory)
			.run(List.of("curl", "--silent", "--show-error", "--fail", "--insecure", "--retry", "20",
					"--retry-connrefused", "--retry-delay", "1", "https://127.0.0.1:%d%s".formatted(port, path)));
		assertThat(result.err()).isEmpty();
		return result.out();
	}

}
