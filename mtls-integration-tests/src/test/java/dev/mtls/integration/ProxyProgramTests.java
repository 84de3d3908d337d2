package dev.mtls.integration;

import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import dev.mtls.test.PemFiles;
import dev.mtls.test.TestAuthority;
import dev.mtls.test.TestCertificate;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests with real proxies before the server, which verify their clients and speak for
 * them.
 */
class ProxyProgramTests {

	private static final String CLIENT = "api.example.com";

	private static final TestAuthority authority = TestAuthority.create();

	private static final TestCertificate client = authority.client(CLIENT);

	@TempDir
	private Path directory;

	@Test
	@RequiresProgram("nginx")
	void nginxForwardsTheCertificateOfItsClient() throws Exception {
		try (TestServer server = server("nginx"); ProxyProcess proxy = nginx(server.port())) {
			assertClientsAreToldApart(proxy);
		}
	}

	@Test
	@RequiresProgram("haproxy")
	void haproxyForwardsTheCertificateOfItsClient() throws Exception {
		try (TestServer server = server("rfc9440"); ProxyProcess proxy = haproxy(server.port())) {
			assertClientsAreToldApart(proxy);
		}
	}

	@Test
	@RequiresProgram("nginx")
	void refusalIsAnsweredAsDocumented() throws Exception {
		List<String> documented = DocumentedProxy.read("$ curl").configuration().lines().toList();
		try (TestServer server = server("nginx"); ProxyProcess proxy = nginx(server.port())) {
			Path files = Files.createDirectory(this.directory.resolve("client"));
			authority.client("other.example.com").writeTo(files, "client");
			authority.writeTo(files, "front-ca");
			Program curl = Program.run(files, "", List.of("bash", "-c",
					"curl() { command curl --silent --interface 127.0.0.2 --connect-to ::127.0.0.1:%d \"$@\"; }; %s"
						.formatted(proxy.port(), documented.get(0).substring("$ ".length()))));
			assertThat(curl.output()).as(curl.errors()).isEqualTo(documented.get(1));
		}
	}

	private void assertClientsAreToldApart(ProxyProcess proxy) throws IOException {
		assertThat(get(proxy, client, "127.0.0.2", "/peer").body()).isEqualTo(CLIENT);
		String[] forged = { "X-Client-Cert: forged", "Client-Cert: forged", "Client-Cert-Chain: forged",
				"CLIENT_CERT: forged", "X-Forwarded-Client-Cert: forged" };
		assertThat(get(proxy, client, "127.0.0.2", "/peer", forged).body()).isEqualTo(CLIENT);
		assertThat(get(proxy, client, "127.0.0.2", "/headers", forged).body()).contains("127.0.0.2")
			.doesNotContain("forged", "MII");
		TlsClient.Response other = get(proxy, authority.client("other.example.com"), "127.0.0.2", "/peer");
		assertThat(other.status()).isEqualTo(403);
		assertThat(other.body()).contains("identity-not-allowed");
		TlsClient.Response elsewhere = get(proxy, client, "127.0.0.3", "/peer", "X-Forwarded-For: 127.0.0.2");
		assertThat(elsewhere.status()).isEqualTo(403);
		assertThat(elsewhere.body()).contains("address-not-allowed");
	}

	private TestServer server(String format) {
		return TestServer.start(ServerFiles.write(authority, this.directory)
			.properties("mtls.server.allowed-clients=" + CLIENT, "mtls.server.allowed-networks=127.0.0.2",
					"mtls.server.forwarded.format=" + format, "mtls.server.forwarded.proxies=proxy.example.com",
					"mtls.server.forwarded.proxy-networks=127.0.0.1"));
	}

	private ProxyProcess nginx(int backend) throws IOException {
		Path files = files();
		DocumentedProxy documented = DocumentedProxy.read("server {")
			.with("/etc/nginx", files)
			.with("10.0.0.7:8443", "127.0.0.1:" + backend)
			.with("app.internal.example.com", "localhost");
		return ProxyProcess.start(this.directory, (port) -> """
				daemon off;
				master_process off;
				error_log stderr;
				pid %1$s/nginx.pid;
				events { }
				http {
				  access_log off;
				  client_body_temp_path %1$s/body;
				  proxy_temp_path %1$s/proxy;
				  fastcgi_temp_path %1$s/fastcgi;
				  uwsgi_temp_path %1$s/uwsgi;
				  scgi_temp_path %1$s/scgi;
				%2$s
				}
				""".formatted(this.directory,
				documented.with("listen 443", "listen 127.0.0.1:" + port).configuration()), "nginx", "-c");
	}

	private ProxyProcess haproxy(int backend) throws IOException {
		Path files = files();
		DocumentedProxy documented = DocumentedProxy.read("frontend clients")
			.with("/etc/haproxy", files)
			.with("10.0.0.7:8443", "127.0.0.1:" + backend)
			.with("app.internal.example.com", "localhost");
		return ProxyProcess.start(this.directory, (port) -> """
				defaults
				  mode http
				  timeout connect 30s
				  timeout client 30s
				  timeout server 30s
				%s
				""".formatted(documented.with("bind :443", "bind 127.0.0.1:" + port).configuration()), "haproxy", "-db",
				"-f");
	}

	// Under the names that the page has: those of nginx, and those of HAProxy
	private Path files() throws IOException {
		Path files = Files.createDirectory(this.directory.resolve("files"));
		together(authority.server((server) -> server.dns("api.example.com")).writeTo(files, "front"),
				files.resolve("front.pem"));
		together(authority.client("proxy.example.com").writeTo(files, "proxy"), files.resolve("proxy.pem"));
		authority.writeTo(files, "client-ca");
		authority.writeTo(files, "server-ca");
		return files;
	}

	private static void together(PemFiles files, Path together) throws IOException {
		Files.writeString(together, Files.readString(files.certificate()) + Files.readString(files.privateKey()));
	}

	private static TlsClient.Response get(ProxyProcess proxy, TestCertificate certificate, String from, String path,
			String... headers) throws IOException {
		return new TlsClient(certificate.sslContext(authority), "TLSv1.3").get(InetAddress.getByName(from),
				proxy.port(), path, List.of(headers));
	}

}
