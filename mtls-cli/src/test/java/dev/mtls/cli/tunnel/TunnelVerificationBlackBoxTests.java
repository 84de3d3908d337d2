package dev.mtls.cli.tunnel;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.MessageDigest;
import java.security.spec.ECGenParameterSpec;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

import dev.mtls.authority.CertificateRequest;
import dev.mtls.test.Flaw;
import dev.mtls.test.TestAuthority;
import dev.mtls.test.TestCertificate;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for the servers that {@code mtls tunnel client} connects to: those that it
 * refuses receive nothing of what its clients send.
 */
class TunnelVerificationBlackBoxTests {

	private static final List<String> BOTH = List.of("TLSv1.2", "TLSv1.3");

	private static final TestAuthority authority = TestAuthority.create();

	private static final TestCertificate localhost = authority.server();

	private static final KeyPair pinned = keyPair();

	private static final TestCertificate redis = authority
		.issue(CertificateRequest.server("redis.example.com").keyPair(pinned).build());

	private static final TestCertificate revoked = authority
		.issue(CertificateRequest.server("redis.example.com").keyPair(pinned).build());

	private static final TlsService service = new TlsService(localhost.sslContext(authority));

	private static final List<TunnelProcess> processes = new ArrayList<>();

	@TempDir
	private static Path directory;

	private static int names;

	private static int conditions;

	private static int identity;

	private static int host;

	private static int here;

	private static int elsewhere;

	@BeforeAll
	static void start() throws Exception {
		authority.client("billing").writeTo(directory, "client");
		authority.writeTo(directory, "ca");
		Files.write(directory.resolve("ca.crl"), authority.crl(revoked.certificate()));
		String digest = HexFormat.of()
			.formatHex(MessageDigest.getInstance("SHA-256").digest(pinned.getPublic().getEncoded()));
		TunnelProcess byNames = client("--cert", "client.crt", "--verify-cn", "redis", "--verify-ou", "storage",
				"--verify-dns", "redis.example.com", "--verify-dns", "*.svc.example.com", "--verify-uri",
				"https://example.com/redis", "--verify-uri", "spiffe://example.org/redis", "--verify-ip", "192.0.2.1");
		TunnelProcess byConditions = client("--cert", "client.crt", "--crl", "ca.crl", "--verify-spki", digest,
				"--verify-network", "127.0.0.1/32", "--server-name", "redis.example.com", "--tls-version", "TLSv1.2");
		TunnelProcess byIdentity = client("--disable-authentication", "--server-check", "identity", "--verify-uri",
				"spiffe://example.org/redis", "--tls-version", "TLSv1.3");
		TunnelProcess several = start("--config", writeTunnels());
		names = port(byNames, "tunnel");
		conditions = port(byConditions, "tunnel");
		identity = port(byIdentity, "tunnel");
		host = port(several, "host");
		here = port(several, "here");
		elsewhere = port(several, "elsewhere");
	}

	@AfterAll
	static void stop() throws Exception {
		processes.forEach(TunnelProcess::close);
		service.close();
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', textBlock = """
			CN=redis                   |
			CN=x,OU=storage            |
			CN=x,OU=a,OU=storage       |
			CN=x                       | dns:redis.example.com
			CN=x                       | dns:REDIS.example.com
			CN=x                       | dns:a.svc.example.com
			CN=x                       | uri:https://example.com/redis
			CN=x                       | uri:spiffe://example.org/redis
			CN=x                       | ip:192.0.2.1
			""")
	void serverWithListedNameIsConnectedTo(String subject, @Nullable String alternatives) throws Exception {
		for (String protocol : BOTH) {
			assertConnected(names, server(authority, subject, alternatives), List.of(protocol));
		}
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', textBlock = """
			CN=x                       |
			CN=Redis                   |
			CN=redis2                  |
			CN=redis\\00               |
			CN=redis\\00.example.org   |
			CN=r\u0435dis              |
			CN=*                       |
			CN=redis,CN=other          |
			CN=x,O=redis               |
			CN=x,OU=redis              |
			CN=storage                 |
			CN=x,OU=Storage            |
			CN=x,OU=storage2           |
			CN=x                       | dns:redis
			CN=redis.example.com       |
			CN=x                       | dns:xredis.example.com
			CN=x                       | dns:redis.example.com.example.org
			CN=x                       | dns:redis.example.com.
			CN=x                       | dns:*.example.com
			CN=x                       | dns:svc.example.com
			CN=x                       | dns:*.svc.example.com
			CN=x                       | dns:a.b.svc.example.com
			CN=x                       | uri:https://example.com/redis2
			CN=x                       | uri:https://example.com/Redis
			CN=x                       | uri:spiffe://example.org/redis/a
			CN=x                       | uri:spiffe://example.com/redis
			CN=x                       | ip:192.0.2.11
			CN=192.0.2.1               |
			CN=x                       | dns:192.0.2.1
			""")
	void serverWithNameThatOnlyLooksListedIsRefused(String subject, @Nullable String alternatives) throws Exception {
		for (String protocol : BOTH) {
			assertRefused(names, server(authority, subject, alternatives), List.of(protocol));
		}
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', textBlock = """
			CN=redis                   |
			CN=x,OU=storage            |
			CN=x                       | dns:redis.example.com
			CN=x                       | uri:spiffe://example.org/redis
			CN=x                       | ip:192.0.2.1
			""")
	void serverWithListedNameFromAnotherAuthorityIsRefused(String subject, @Nullable String alternatives)
			throws Exception {
		assertRefused(names, server(TestAuthority.create(), subject, alternatives), BOTH);
	}

	@Test
	void listedNameTakesNotThePlaceOfTheHost() throws Exception {
		assertRefused(names, authority.issue(CertificateRequest.server("redis.example.com").build()), BOTH);
	}

	@ParameterizedTest
	@EnumSource(mode = EnumSource.Mode.EXCLUDE, names = { "WITHOUT_EXTENDED_KEY_USAGE", "WITHOUT_KEY_USAGE" })
	void serverWithFlawedCertificateIsRefused(Flaw flaw) throws Exception {
		for (String protocol : BOTH) {
			assertRefused(host, authority.server(flaw), List.of(protocol));
		}
		assertConnected(host, localhost, BOTH);
	}

	@Test
	void serverNameTakesThePlaceOfTheHost() throws Exception {
		assertThat(assertConnected(conditions, redis, BOTH).serverName()).isEqualTo("redis.example.com");
		assertRefused(conditions,
				authority.issue(CertificateRequest.server("localhost").ip("127.0.0.1").keyPair(pinned).build()), BOTH);
	}

	@Test
	void serverWithAnotherKeyIsRefused() throws Exception {
		assertRefused(conditions, authority.issue(CertificateRequest.server("redis.example.com").build()), BOTH);
		assertConnected(conditions, redis, BOTH);
	}

	@Test
	void revokedServerIsRefused() throws Exception {
		assertRefused(conditions, revoked, BOTH);
		assertConnected(conditions, redis, BOTH);
	}

	@Test
	void serverInAnotherNetworkIsRefused() throws Exception {
		assertConnected(here, localhost, BOTH);
		service.use(new TlsService.Terms(localhost.sslContext(authority), true, BOTH));
		assertThat(isEchoed(elsewhere)).isFalse();
	}

	@Test
	void identityTakesThePlaceOfTheHost() throws Exception {
		TestCertificate named = authority
			.issue(CertificateRequest.server("unlisted.example").uri("spiffe://example.org/redis").build());
		service.use(new TlsService.Terms(named.sslContext(authority), false, BOTH));
		assertThat(isEchoed(identity)).isTrue();
		assertThat(service.ended().received()).isEqualTo("question");
		service.use(new TlsService.Terms(localhost.sslContext(authority), false, BOTH));
		assertThat(isEchoed(identity)).isFalse();
		assertThat(service.ended().received()).isEmpty();
	}

	@Test
	void clientWithoutCertificateHasNone() throws Exception {
		TestCertificate named = authority.server((request) -> request.uri("spiffe://example.org/redis"));
		assertRefused(identity, named, BOTH);
		service.use(new TlsService.Terms(named.sslContext(authority), false, BOTH));
		assertThat(isEchoed(identity)).isTrue();
		assertThat(service.ended().received()).isEqualTo("question");
	}

	@Test
	void onlyVersionsThatAreGivenAreSpoken() throws Exception {
		assertConnected(conditions, redis, List.of("TLSv1.2"));
		assertRefused(conditions, redis, List.of("TLSv1.3"));
		TestCertificate named = authority.server((request) -> request.uri("spiffe://example.org/redis"));
		service.use(new TlsService.Terms(named.sslContext(authority), false, List.of("TLSv1.3")));
		assertThat(isEchoed(identity)).isTrue();
		assertThat(service.ended().received()).isEqualTo("question");
		service.use(new TlsService.Terms(named.sslContext(authority), false, List.of("TLSv1.2")));
		assertThat(isEchoed(identity)).isFalse();
		assertThat(service.ended().received()).isEmpty();
	}

	private static TlsService.Connection assertConnected(int port, TestCertificate server, List<String> protocols)
			throws Exception {
		service.use(new TlsService.Terms(server.sslContext(authority), true, protocols));
		assertThat(isEchoed(port)).isTrue();
		TlsService.Connection connection = service.ended();
		assertThat(connection.received()).isEqualTo("question");
		return connection;
	}

	private static void assertRefused(int port, TestCertificate server, List<String> protocols) throws Exception {
		service.use(new TlsService.Terms(server.sslContext(authority), true, protocols));
		assertThat(isEchoed(port)).isFalse();
		assertThat(service.ended().received()).isEmpty();
	}

	private static boolean isEchoed(int port) throws IOException {
		try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
			return TlsCaller.isEchoed(socket);
		}
	}

	private static TestCertificate server(TestAuthority issuer, String subject, @Nullable String alternatives) {
		return issuer.server((request) -> {
			request.subject(subject);
			for (String name : (alternatives != null) ? alternatives.split(" ", -1) : new String[0]) {
				String value = name.substring(name.indexOf(':') + 1);
				switch (name.substring(0, name.indexOf(':'))) {
					case "dns" -> request.dns(value);
					case "uri" -> request.uri(value);
					default -> request.ip(value);
				}
			}
		});
	}

	private static String writeTunnels() throws IOException {
		Files.writeString(directory.resolve("tunnels.yaml"), """
				mtls:
				  client:
				    certificate: file:client.crt
				    private-key: file:client.key
				    trust-certificates: file:ca.crt
				  clients:
				    here:
				      certificate: file:client.crt
				      private-key: file:client.key
				      trust-certificates: file:ca.crt
				      allowed-networks: 127.0.0.1/32
				    elsewhere:
				      certificate: file:client.crt
				      private-key: file:client.key
				      trust-certificates: file:ca.crt
				      allowed-networks: 127.0.0.2/32,10.0.0.0/8
				  tunnels:
				    host:
				      role: client
				      listen: 127.0.0.1:0
				      target: localhost:%1$d
				    here:
				      role: client
				      client: here
				      listen: 127.0.0.1:0
				      target: localhost:%1$d
				    elsewhere:
				      role: client
				      client: elsewhere
				      listen: 127.0.0.1:0
				      target: localhost:%1$d
				""".formatted(service.port()));
		return "tunnels.yaml";
	}

	private static TunnelProcess client(String... args) {
		List<String> command = new ArrayList<>(List.of("client", "--listen", "127.0.0.1:0", "--target",
				"localhost:" + service.port(), "--ca", "ca.crt"));
		command.addAll(List.of(args));
		return start(command.toArray(String[]::new));
	}

	private static TunnelProcess start(String... args) {
		TunnelProcess process = TunnelProcess.start(directory, List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC"),
				args);
		processes.add(process);
		return process;
	}

	private static int port(TunnelProcess process, String tunnel) {
		String address = process.address(tunnel);
		return Integer.parseInt(address.substring(address.lastIndexOf(':') + 1));
	}

	private static KeyPair keyPair() {
		try {
			KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
			generator.initialize(new ECGenParameterSpec("secp256r1"));
			return generator.generateKeyPair();
		}
		catch (GeneralSecurityException ex) {
			throw new IllegalStateException(ex);
		}
	}

}
