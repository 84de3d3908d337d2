package dev.mtls.cli.tunnel;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;

import javax.net.ssl.SSLContext;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

import dev.mtls.test.Flaw;
import dev.mtls.test.TestAuthority;
import dev.mtls.test.TestCertificate;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for who gets in at {@code mtls tunnel server}: peers that are refused cause no
 * connection to the target.
 */
class TunnelAccessBlackBoxTests {

	private static final List<String> BOTH = List.of("TLSv1.2", "TLSv1.3");

	private static final TestAuthority authority = TestAuthority.create();

	private static final TestCertificate billing = authority.client("billing");

	private static final TestCertificate second = authority.client("second");

	private static final TestCertificate revoked = authority.client("revoked");

	private static final EchoService service = EchoService.at("127.0.0.1");

	private static final List<TunnelProcess> processes = new ArrayList<>();

	@TempDir
	private static Path directory;

	private static int names;

	private static int conditions;

	private static int all;

	private static int open;

	@BeforeAll
	static void start() throws Exception {
		authority.server().writeTo(directory, "server");
		authority.writeTo(directory, "ca");
		Files.write(directory.resolve("ca.crl"), authority.crl(revoked.certificate()));
		TunnelProcess byNames = server("--ca", "ca.crt", "--allow-cn", "billing", "--allow-ou", "payments",
				"--allow-dns", "api.example.com", "--allow-dns", "*.svc.example.com", "--allow-uri",
				"https://example.com/a", "--allow-uri", "spiffe://example.org/ns/*/sa/web", "--allow-ip", "127.0.0.1");
		TunnelProcess byConditions = server("--ca", "ca.crt", "--crl", "ca.crl", "--allow-spki",
				Base64.getEncoder().encodeToString(spki(billing)), "--allow-spki",
				HexFormat.of().formatHex(spki(second)), "--allow-spki", HexFormat.of().formatHex(spki(revoked)),
				"--allow-network", "127.0.0.2/32");
		TunnelProcess toAll = server("--ca", "ca.crt", "--allow-all", "--tls-version", "TLSv1.2");
		TunnelProcess toEverybody = server("--disable-authentication", "--tls-version", "TLSv1.3");
		names = port(byNames);
		conditions = port(byConditions);
		all = port(toAll);
		open = port(toEverybody);
	}

	@AfterAll
	static void stop() throws Exception {
		processes.forEach(TunnelProcess::close);
		service.close();
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', textBlock = """
			CN=billing                       |
			CN=billing,O=Example             | dns:unlisted.example
			CN=x,OU=payments                 |
			CN=x,OU=a,OU=payments,OU=b       |
			CN=x                             | dns:api.example.com
			CN=x                             | dns:API.Example.COM
			CN=x                             | dns:unlisted.example dns:api.example.com
			CN=x                             | dns:a.svc.example.com
			CN=x                             | uri:https://example.com/a
			CN=x                             | uri:https://EXAMPLE.com/a
			CN=x                             | uri:spiffe://example.org/ns/prod/sa/web
			CN=x                             | ip:127.0.0.1
			O=Example                        | ip:::ffff:127.0.0.1
			""")
	void listedNameGetsIn(String subject, @Nullable String alternatives) throws Exception {
		TestCertificate client = client(authority, subject, alternatives);
		for (String protocol : BOTH) {
			assertThat(isServed(names, client, List.of(protocol))).as(protocol).isTrue();
		}
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', textBlock = """
			CN=Billing                       |
			CN=BILLING                       |
			CN=billing2                      |
			CN=xbilling                      |
			CN=billin                        |
			CN=*                             |
			CN=bill*                         |
			CN=billing*                      |
			CN=billing\\20                   |
			CN=billing\\00                   |
			CN=billing\\00.example.org       |
			CN=billing\\0A                   |
			CN=billing\\,OU\\=payments       |
			CN=billing\\7F                   |
			CN=b\u0456lling                  |
			CN=billing\u200b                 |
			CN=\uff42illing                  |
			CN=b\u0131lling                  |
			CN=billing,CN=other              |
			CN=other,CN=billing              |
			CN=x+CN=billing                  |
			O=billing                        |
			CN=x,OU=billing                  |
			CN=x                             | dns:billing
			CN=x                             | uri:urn:cn:billing
			CN=payments                      |
			CN=x,O=payments                  |
			CN=x,OU=Payments                 |
			CN=x,OU=payments2                |
			CN=x,OU=a\\,payments             |
			CN=x,OU=pay\\00ments             |
			CN=x                             | dns:payments
			CN=api.example.com               |
			CN=x,OU=api.example.com          |
			CN=x                             | dns:xapi.example.com
			CN=x                             | dns:api.example.com.example.org
			CN=x                             | dns:api.example.com.
			CN=x                             | dns:*.example.com
			CN=x                             | dns:api\0.example.com
			CN=x                             | dns:api.example.com\0.example.org
			CN=x                             | uri:https://api.example.com
			CN=x                             | dns:svc.example.com
			CN=x                             | dns:a.b.svc.example.com
			CN=x                             | dns:*.svc.example.com
			CN=x                             | dns:asvc.example.com
			CN=a.svc.example.com             |
			CN=x                             | uri:https://example.com/b
			CN=x                             | uri:https://example.com/A
			CN=x                             | uri:https://example.com/a/
			CN=x                             | uri:https://example.com/a/b
			CN=x                             | uri:https://example.com/%61
			CN=x                             | uri:http://example.com/a
			CN=x                             | uri:https://example.com.example.org/a
			CN=https://example.com/a         |
			CN=x                             | uri:spiffe://example.org/ns/prod/sa/webx
			CN=x                             | uri:spiffe://example.org/ns/prod/sa/web/x
			CN=x                             | uri:spiffe://example.org/ns/a/b/sa/web
			CN=x                             | uri:spiffe://example.org/ns/prod/sa/Web
			CN=x                             | uri:spiffe://example.com/ns/prod/sa/web
			CN=x                             | uri:spiffe://example.org/ns/*/sa/**
			CN=x                             | uri:spiffe://example.org/ns/prod/sa/web uri:https://example.org
			CN=127.0.0.1                     |
			CN=x                             | dns:127.0.0.1
			CN=x                             | ip:127.0.0.11
			CN=x                             | ip:127.0.0.0
			CN=x                             | ip:::1
			CN=x                             | ip:::127.0.0.1
			CN=x                             | dns:localhost
			""")
	void nameThatOnlyLooksListedIsRefused(String subject, @Nullable String alternatives) throws Exception {
		TestCertificate client = client(authority, subject, alternatives);
		assertRefused(names, (protocol) -> isServed(names, client, List.of(protocol)),
				() -> isServed(names, billing, BOTH));
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', textBlock = """
			CN=billing       |
			CN=x,OU=payments |
			CN=x             | dns:api.example.com
			CN=x             | uri:https://example.com/a
			CN=x             | uri:spiffe://example.org/ns/prod/sa/web
			CN=x             | ip:127.0.0.1
			""")
	void listedNameFromAnotherAuthorityIsRefused(String subject, @Nullable String alternatives) throws Exception {
		TestCertificate client = client(TestAuthority.create(), subject, alternatives);
		assertRefused(names, (protocol) -> isServed(names, client, List.of(protocol)),
				() -> isServed(names, billing, BOTH));
		assertRefused(all, (protocol) -> isServed(all, client, List.of(protocol)), () -> isServed(all, billing, BOTH));
	}

	@ParameterizedTest
	@EnumSource(mode = EnumSource.Mode.EXCLUDE,
			names = { "WITHOUT_EXTENDED_KEY_USAGE", "WITHOUT_KEY_USAGE", "VERSION_1" })
	void flawedCertificateIsRefused(Flaw flaw) throws Exception {
		TestCertificate client = authority.client(flaw, "billing");
		assertRefused(names, (protocol) -> isServed(names, client, List.of(protocol)),
				() -> isServed(names, billing, BOTH));
		if (flaw != Flaw.WRONG_NAME) {
			assertRefused(all, (protocol) -> isServed(all, client, List.of(protocol)),
					() -> isServed(all, billing, BOTH));
		}
	}

	@Test
	void certificateOfServerIsRefusedAsThatOfClient() throws Exception {
		TestCertificate server = authority.server((request) -> request.commonName("billing"));
		assertRefused(names, (protocol) -> isServed(names, server, List.of(protocol)),
				() -> isServed(names, billing, BOTH));
	}

	@Test
	void clientWithoutCertificateIsRefused() throws Exception {
		TlsCaller caller = new TlsCaller(authority.sslContext(), "127.0.0.1", BOTH);
		assertRefused(names, (protocol) -> caller.isServedAt(names), () -> isServed(names, billing, BOTH));
		assertRefused(all, (protocol) -> caller.isServedAt(all), () -> isServed(all, billing, BOTH));
	}

	@ParameterizedTest
	@ValueSource(strings = { "GET / HTTP/1.0\r\n\r\n", "SSH-2.0-client\r\n", "\u0016\u0003\u0001\u0000\u0005hello",
			"\u0000\u0000\u0000\u0000\u0000\u0000" })
	void plainTextIsRefused(String text) throws Exception {
		for (int port : List.of(names, open)) {
			assertRefused(port, (protocol) -> isPlainTextPassedOn(port, text), () -> isServed(port, billing, BOTH));
		}
	}

	@Test
	void keysAreAlternativesAndAddressesAreConditionsBesideThem() throws Exception {
		assertThat(isServedFrom("127.0.0.2", billing)).isTrue();
		assertThat(isServedFrom("127.0.0.2", second)).isTrue();
		TestCertificate sameName = authority.client("billing");
		assertRefused(conditions, (protocol) -> isServedFrom("127.0.0.2", sameName),
				() -> isServedFrom("127.0.0.2", billing));
		for (String address : List.of("127.0.0.1", "127.0.0.3", "127.0.0.22", "127.0.2.2")) {
			assertRefused(conditions, (protocol) -> isServedFrom(address, billing),
					() -> isServedFrom("127.0.0.2", billing));
		}
	}

	@Test
	void revokedCertificateIsRefused() throws Exception {
		assertRefused(conditions, (protocol) -> isServedFrom("127.0.0.2", revoked),
				() -> isServedFrom("127.0.0.2", billing));
		assertThat(isServed(all, revoked, BOTH)).as("Without a list of revoked certificates").isTrue();
	}

	@Test
	void allThatAnAuthorityIssuedGetIn() throws Exception {
		assertThat(isServed(all, authority.client("anybody"), BOTH)).isTrue();
		assertThat(isServed(all, authority.intermediate().client("anybody"), BOTH)).isTrue();
	}

	@Test
	void everybodyGetsInWhereAuthenticationIsDisabled() throws Exception {
		assertThat(new TlsCaller(authority.sslContext(), "127.0.0.1", BOTH).isServedAt(open)).isTrue();
		assertThat(isServed(open, TestAuthority.create().client("anybody").sslContext(authority), BOTH)).isTrue();
	}

	@Test
	void onlyVersionsThatAreGivenAreSpoken() throws Exception {
		assertRefused(all, (protocol) -> isServed(all, billing, List.of("TLSv1.3")),
				() -> isServed(all, billing, List.of("TLSv1.2")));
		assertRefused(open, (protocol) -> isServed(open, billing, List.of("TLSv1.2")),
				() -> isServed(open, billing, List.of("TLSv1.3")));
	}

	private static void assertRefused(int port, Attempt refused, Allowed allowed) throws Exception {
		int before = service.connections();
		for (String protocol : BOTH) {
			assertThat(refused.isServed(protocol)).as("%s at port %d", protocol, port).isFalse();
		}
		// Behind which the service would see those before it
		assertThat(allowed.isServed()).isTrue();
		assertThat(service.connections()).isEqualTo(before + 1);
	}

	private static boolean isServed(int port, TestCertificate client, List<String> protocols) throws IOException {
		return isServed(port, client.sslContext(authority), protocols);
	}

	private static boolean isServed(int port, SSLContext client, List<String> protocols) throws IOException {
		return new TlsCaller(client, "127.0.0.1", protocols).isServedAt(port);
	}

	private static boolean isServedFrom(String address, TestCertificate client) throws IOException {
		return new TlsCaller(client.sslContext(authority), address, BOTH).isServedAt(conditions);
	}

	private static boolean isPlainTextPassedOn(int port, String text) throws IOException {
		try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
			socket.setSoTimeout(60_000);
			socket.getOutputStream().write(text.getBytes(StandardCharsets.ISO_8859_1));
			socket.shutdownOutput();
			InputStream input = socket.getInputStream();
			return new String(input.readAllBytes(), StandardCharsets.ISO_8859_1).contains(text);
		}
		catch (SocketException ex) {
			return false;
		}
	}

	private static TestCertificate client(TestAuthority issuer, String subject, @Nullable String alternatives) {
		return issuer.client((request) -> {
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

	private static byte[] spki(TestCertificate certificate) throws Exception {
		return MessageDigest.getInstance("SHA-256").digest(certificate.certificate().getPublicKey().getEncoded());
	}

	private static TunnelProcess server(String... args) {
		List<String> command = new ArrayList<>(
				List.of("server", "--listen", "127.0.0.1:0", "--target", service.address(), "--cert", "server.crt"));
		command.addAll(List.of(args));
		TunnelProcess process = TunnelProcess.start(directory, List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC"),
				command.toArray(String[]::new));
		processes.add(process);
		return process;
	}

	private static int port(TunnelProcess process) {
		String address = process.address("tunnel");
		return Integer.parseInt(address.substring(address.lastIndexOf(':') + 1));
	}

	/**
	 * A peer that is to be refused.
	 */
	private interface Attempt {

		boolean isServed(String protocol) throws Exception;

	}

	/**
	 * A peer that is to be served.
	 */
	private interface Allowed {

		boolean isServed() throws Exception;

	}

}
