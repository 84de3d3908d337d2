package dev.mtls.cli.tunnel;

import java.io.IOException;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
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

	@TempDir
	static Path directory;

	private static TunnelManifest serverManifest;

	private static TunnelManifest clientManifest;

	private static PlainService redis;

	private static TunnelProcess server;

	private static TunnelProcess client;

	private static int serverStatus;

	private static int clientStatus;

	@BeforeAll
	static void start() throws IOException {
		TestAuthority authority = TestAuthority.create();
		Path hosts = Files.writeString(directory.resolve("hosts"), "127.0.0.1 localhost redis.shop.svc\n");
		List<String> javaOptions = List.of("-Djdk.net.hosts.file=" + hosts);
		redis = PlainService.echo();
		serverStatus = Loopback.freePort();
		serverManifest = new TunnelManifest("tunnel-server.yaml", Files.createDirectory(directory.resolve("server")));
		serverManifest.change(STATUS, "127.0.0.1:" + serverStatus);
		serverManifest.change("0.0.0.0:6380", "127.0.0.1:0");
		serverManifest.change("127.0.0.1:6379", redis.address());
		server = serverManifest.start(authority, javaOptions);
		server.awaitOut("[redis] Listens at ");
		clientStatus = Loopback.freePort();
		clientManifest = new TunnelManifest("tunnel-client.yaml", Files.createDirectory(directory.resolve("client")));
		clientManifest.change(STATUS, "127.0.0.1:" + clientStatus);
		clientManifest.change("127.0.0.1:6379", "127.0.0.1:0");
		clientManifest.change("redis.shop.svc:6380", "redis.shop.svc:" + server.port());
		client = clientManifest.start(authority, javaOptions);
		client.awaitOut("[redis] Listens at ");
	}

	@AfterAll
	static void stop() throws IOException {
		for (TunnelProcess process : new TunnelProcess[] { client, server }) {
			if (process != null) {
				process.close();
			}
		}
		redis.close();
	}

	@Test
	void applicationReachesTheService() throws Exception {
		try (Socket application = Loopback.connect(client.port())) {
			assertThat(Loopback.exchange(application, "PING")).isEqualTo("PING");
		}
		assertThat(redis.accepted()).isOne();
	}

	@Test
	void probesAreAnswered() {
		ForeignProgram.require("curl");
		assertThat(serverManifest.probes()).hasSize(3)
			.allSatisfy((path) -> assertThat(probe(serverStatus, path)).contains("\"UP\""));
		assertThat(clientManifest.probes()).hasSize(2)
			.allSatisfy((path) -> assertThat(probe(clientStatus, path)).contains("\"UP\""));
	}

	// As the kubelet does, which verifies nothing
	private String probe(int port, String path) {
		CommandProcess.Result result = new CommandProcess(directory)
			.run(List.of("curl", "--silent", "--show-error", "--fail", "--insecure", "--retry", "20",
					"--retry-connrefused", "--retry-delay", "1", "https://127.0.0.1:%d%s".formatted(port, path)));
		assertThat(result.err()).isEmpty();
		return result.out();
	}

}
