package dev.mtls.integration;

import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import dev.mtls.address.AddressText;
import dev.mtls.decision.Reason;
import dev.mtls.event.MtlsEvent;
import dev.mtls.test.TestAuthority;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

/**
 * Tests with real proxies before the server, which pass TLS on and tell the address of
 * their clients.
 */
@Tag("servers")
@DisabledIfSystemProperty(named = "mtls.test.server", matches = "tomcat",
		disabledReason = "Tomcat has no PROXY protocol")
class ProxyProtocolProgramTests {

	private static final String CLIENT = "api.example.com";

	private static final Path NGINX_MODULES = Path.of("/usr/lib/nginx/modules");

	private static final TestAuthority authority = TestAuthority.create();

	@TempDir
	private Path directory;

	@ParameterizedTest
	@ValueSource(strings = { "send-proxy", "send-proxy-v2" })
	@RequiresProgram("haproxy")
	void haproxyTellsItsClients(String send) throws IOException {
		try (TestServer server = server(); ProxyProcess proxy = haproxy(server.port(), send)) {
			assertClientsAreToldApart(server, proxy);
		}
	}

	@Test
	@RequiresProgram("nginx")
	void nginxTellsItsClients() throws IOException {
		assumeTrue(Files.exists(NGINX_MODULES.resolve("ngx_stream_module.so")),
				"The stream module of nginx is not installed (package libnginx-mod-stream)");
		try (TestServer server = server(); ProxyProcess proxy = nginx(server.port())) {
			assertClientsAreToldApart(server, proxy);
		}
	}

	private static void assertClientsAreToldApart(TestServer server, ProxyProcess proxy) throws IOException {
		TlsClient client = new TlsClient(authority.client(CLIENT).sslContext(authority), "TLSv1.3");
		assertThat(client.get(InetAddress.getByName("127.0.0.2"), proxy.port(), "/peer").body()).isEqualTo(CLIENT);
		assertThatIOException().isThrownBy(() -> client.get(InetAddress.getByName("127.0.0.3"), proxy.port(), "/peer"));
		MtlsEvent.PeerRefused refused = server.events()
			.await(MtlsEvent.PeerRefused.class,
					(event) -> event.address() != null && "127.0.0.3".equals(AddressText.of(event.address())));
		assertThat(refused.reason()).isEqualTo(Reason.ADDRESS_NOT_ALLOWED);
	}

	private TestServer server() {
		return TestServer.start(ServerFiles.write(authority, this.directory)
			.properties("mtls.server.proxy-protocol.proxy-networks=127.0.0.1", "mtls.server.allowed-networks=127.0.0.2",
					"mtls.server.allowed-clients=" + CLIENT));
	}

	private ProxyProcess haproxy(int backend, String send) throws IOException {
		DocumentedProxy documented = DocumentedProxy.read("listen passed-on")
			.with("10.0.0.7:8443", "127.0.0.1:" + backend)
			.with("send-proxy-v2", send);
		return ProxyProcess.start(this.directory, (port) -> """
				defaults
				  timeout connect 30s
				  timeout client 30s
				  timeout server 30s
				%s
				""".formatted(documented.with("bind :443", "bind 127.0.0.1:" + port).configuration()), "haproxy", "-db",
				"-f");
	}

	private ProxyProcess nginx(int backend) throws IOException {
		DocumentedProxy documented = DocumentedProxy.read("stream {").with("10.0.0.7:8443", "127.0.0.1:" + backend);
		return ProxyProcess.start(this.directory, (port) -> """
				load_module %1$s/ngx_stream_module.so;
				daemon off;
				master_process off;
				error_log stderr;
				pid %2$s/nginx.pid;
				events { }
				%3$s
				""".formatted(NGINX_MODULES, this.directory,
				documented.with("listen 443", "listen 127.0.0.1:" + port).configuration()), "nginx", "-c");
	}

}
