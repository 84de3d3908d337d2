package dev.mtls.integration;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.stream.IntStream;

import org.bouncycastle.asn1.DERIA5String;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import dev.mtls.authority.CertificateRequest;
import dev.mtls.decision.Reason;
import dev.mtls.event.MtlsEvent;
import dev.mtls.test.TestAuthority;
import dev.mtls.test.TestCertificate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

/**
 * Tests for the verdicts on clients' names over real handshakes, against a server that
 * has all the rules at once.
 */
@Tag("servers")
class NameVerdictTests {

	private static final String SUBJECT_ALTERNATIVE_NAME = "2.5.29.17";

	private static final TestAuthority authority = TestAuthority.create();

	@TempDir
	static Path directory;

	private static TestServer server;

	@BeforeAll
	static void start() {
		server = TestServer.start(ServerFiles.write(authority, directory)
			.properties("mtls.server.allowed-clients[0]=dns:api.exact.example",
					"mtls.server.allowed-clients[1]=bare.example", "mtls.server.allowed-clients[2]=dns:*.wild.example",
					"mtls.server.allowed-clients[3]=cn:Named", "mtls.server.allowed-clients[4]=ou:Platform",
					"mtls.server.allowed-clients[5]=spiffe://exact.example/a/b",
					"mtls.server.allowed-clients[6]=spiffe://td.example/ns/*/sa/**",
					"mtls.server.allowed-clients[7]=uri:https://uri.example/Path",
					"mtls.server.allowed-clients[8]=email:ops@mail.example",
					"mtls.server.allowed-clients[9]=ip:192.0.2.7"));
	}

	@AfterAll
	static void stop() {
		server.close();
	}

	@BeforeEach
	void forget() {
		server.events().drain();
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', textBlock = """
			dns=other.example dns=api.exact.example                          | dns:api.exact.example
			dns=bare.example                                                 | dns:bare.example
			dns=api.wild.example                                             | dns:*.wild.example
			dns=API.Exact.EXAMPLE                                            | dns:api.exact.example
			dns=*.exact.example dns=bare.example                             | dns:bare.example
			cn=Named                                                         | cn:Named
			cn=other ou=Sales ou=Platform                                    | ou:Platform
			uri=spiffe://exact.example/a/b                                   | spiffe://exact.example/a/b
			uri=spiffe://td.example/ns/prod/sa/web/api                       | spiffe://td.example/ns/*/sa/**
			uri=https://uri.example/Path                                     | uri:https://uri.example/Path
			uri=spiffe://exact.example/a/b uri=https://uri.example/Path      | uri:https://uri.example/Path
			email=ops@mail.example                                           | email:ops@mail.example
			ip=192.0.2.7                                                     | ip:192.0.2.7
			dns=other.example uri=spiffe://exact.example/a/b                 | spiffe://exact.example/a/b
			""")
	void clientWhenRuleMatchesIsAdmittedByIt(String names, String rule) throws IOException {
		assertThat(get(client(names)).status()).isEqualTo(200);
		assertThat(server.events().await(MtlsEvent.PeerAdmitted.class).rule()).isEqualTo(rule);
	}

	@ParameterizedTest
	@ValueSource(strings = {
			// No rule matches
			"dns=other.example", "cn=other",
			// One left-most label only
			"dns=wild.example", "dns=a.b.wild.example", "dns=api.other.example", "dns=api.wild.example.other.example",
			// Wildcards are for rules
			"dns=*.wild.example", "dns=*.exact.example",
			// Types never mix
			"uri=https://api.exact.example", "uri=dns:api.exact.example", "email=x@api.exact.example",
			"dns=uri.example", "cn=spiffe://exact.example/a/b",
			// A common name is no DNS name, a DNS name no common name
			"cn=api.exact.example", "cn=other dns=named", "cn=Platform",
			// Other identities
			"uri=spiffe://other.example/a/b", "uri=spiffe://exact.example/a", "uri=spiffe://exact.example/a/c",
			"uri=spiffe://exact.example/a/b/c", "uri=spiffe://exact.example/a/B", "uri=spiffe://exact.example/a/b/",
			"uri=spiffe://exact.example/a/../a/b", "uri=spiffe://exact.example/a/b?x",
			"uri=spiffe://exact.example/a/b%63",
			// No SPIFFE ID at all
			"uri=spiffe://exact.example/a/b uri=spiffe://td.example/ns/prod/sa/web",
			// One whole segment, one or more segments
			"uri=spiffe://td.example/ns/a/b/sa/web", "uri=spiffe://td.example/ns/prod/sa",
			// Paths are case-sensitive
			"uri=https://uri.example/path" })
	void clientWhenNoRuleMatchesIsRefused(String names) throws IOException {
		MtlsEvent.PeerRefused refused = assertRefused(client(names), Reason.IDENTITY_NOT_ALLOWED);
		assertThat(refused.identity()).isNotNull();
	}

	@ParameterizedTest
	@ValueSource(strings = { "api.exact.example\0.other.example", "api.exact.example\n", "\u001b[31mred" })
	void clientWhenNameHasControlCharactersIsRefusedAltogether(String name) throws IOException {
		MtlsEvent.PeerRefused refused = assertRefused(withRawNames(dnsName("api.exact.example"), dnsName(name)),
				Reason.IDENTITY_MALFORMED);
		assertThat(refused.detail()).doesNotContainPattern("\\p{Cntrl}");
	}

	@Test
	void clientWhenDnsNameIsTooLongIsRefusedAltogether() throws IOException {
		assertRefused(withRawNames(dnsName("api.exact.example"), dnsName("a.".repeat(126) + "aa")),
				Reason.IDENTITY_MALFORMED);
	}

	@Test
	void clientWhenUriIsTooLongIsRefusedAltogether() throws IOException {
		assertRefused(
				withRawNames(dnsName("api.exact.example"),
						name(GeneralName.uniformResourceIdentifier, "https://uri.example/" + "a".repeat(2029))),
				Reason.IDENTITY_MALFORMED);
	}

	@Test
	void clientWhenThereAreTooManyNamesIsRefusedAltogether() throws IOException {
		GeneralName[] names = IntStream.rangeClosed(0, 1024)
			.mapToObj((number) -> dnsName((number == 0) ? "api.exact.example" : "n%d.example".formatted(number)))
			.toArray(GeneralName[]::new);
		assertRefused(withRawNames(names), Reason.IDENTITY_MALFORMED);
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', textBlock = """
			cn=Named dns=api.exact.example uri=spiffe://exact.example/a/b | spiffe://exact.example/a/b
			cn=Named dns=api.exact.example dns=bare.example               | api.exact.example
			cn=Named                                                      | Named
			subject=OU=Platform                                           | OU=Platform
			""")
	void clientWhenAdmittedHasDisplayName(String names, String displayName) throws IOException {
		assertThat(get(client(names)).body()).isEqualTo(displayName);
	}

	private MtlsEvent.PeerRefused assertRefused(TestCertificate client, Reason reason) throws IOException {
		int before = server.requests();
		assertThatIOException().isThrownBy(() -> get(client));
		MtlsEvent.PeerRefused refused = server.events().await(MtlsEvent.PeerRefused.class);
		assertThat(refused.reason()).as(refused.detail()).isEqualTo(reason);
		assertThat(server.events().drain()).isEmpty();
		assertThat(server.requests()).as("requests that reached the controller").isEqualTo(before);
		return refused;
	}

	private static TlsClient.Response get(TestCertificate client) throws IOException {
		return new TlsClient(client.sslContext(authority), "TLSv1.3").get(server.port(), "/peer");
	}

	private static TestCertificate client(String names) {
		CertificateRequest.Builder request = CertificateRequest.client("client");
		for (String name : names.split(" ", -1)) {
			String value = name.substring(name.indexOf('=') + 1);
			switch (name.substring(0, name.indexOf('='))) {
				case "subject" -> request.subject(value);
				case "cn" -> request.commonName(value);
				case "ou" -> request.organizationalUnit(value);
				case "dns" -> request.dns(value);
				case "uri" -> request.uri(value);
				case "email" -> request.email(value);
				case "ip" -> request.ip(value);
				default -> throw new IllegalArgumentException(name);
			}
		}
		return authority.issue(request.build());
	}

	private static TestCertificate withRawNames(GeneralName... names) throws IOException {
		byte[] extension = new GeneralNames(names).getEncoded();
		return authority.client((request) -> request.extension(SUBJECT_ALTERNATIVE_NAME, false, extension));
	}

	private static GeneralName dnsName(String value) {
		return name(GeneralName.dNSName, value);
	}

	private static GeneralName name(int type, String value) {
		return new GeneralName(type,
				new DERIA5String(new String(value.getBytes(StandardCharsets.US_ASCII), StandardCharsets.US_ASCII)));
	}

}
