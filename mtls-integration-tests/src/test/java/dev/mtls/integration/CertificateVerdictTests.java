package dev.mtls.integration;

import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.util.List;

import javax.net.ssl.SSLContext;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

import dev.mtls.authority.CertificateRequest;
import dev.mtls.decision.Reason;
import dev.mtls.event.MtlsEvent;
import dev.mtls.identity.PeerIdentity;
import dev.mtls.test.Flaw;
import dev.mtls.test.TestAuthority;
import dev.mtls.test.TestCertificate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

/**
 * Tests for the verdicts on clients' certificates over real handshakes.
 */
@Tag("servers")
class CertificateVerdictTests {

	private static final List<String> PROTOCOLS = List.of("TLSv1.3", "TLSv1.2");

	private static final TestAuthority authority = TestAuthority.create();

	@TempDir
	static Path directory;

	private static TestServer server;

	@BeforeAll
	static void start() {
		server = TestServer.start(ServerFiles.write(authority, directory).properties());
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
			EXPIRED                    | CERTIFICATE_EXPIRED
			NOT_YET_VALID              | CERTIFICATE_NOT_YET_VALID
			OTHER_AUTHORITY            | ISSUER_UNKNOWN
			IMPOSTOR_AUTHORITY         | ISSUER_UNKNOWN
			SELF_SIGNED                | ISSUER_UNKNOWN
			MISSING_INTERMEDIATE       | ISSUER_UNKNOWN
			WRONG_EXTENDED_KEY_USAGE   | KEY_USAGE_WRONG
			WRONG_KEY_USAGE            | KEY_USAGE_WRONG
			CA_AS_LEAF                 | LEAF_IS_CA
			KEY_CERT_SIGN              | LEAF_IS_CA
			WEAK_KEY                   | ALGORITHM_WEAK
			WEAK_SIGNATURE             | ALGORITHM_WEAK
			UNKNOWN_CRITICAL_EXTENSION | CONSTRAINT_VIOLATED
			""")
	void clientWhenCertificateIsFlawedIsRefused(Flaw flaw, Reason reason) {
		assertRefused(authority.client(flaw, "api.example.com").sslContext(authority), reason);
	}

	@Test
	void clientWhenThereIsNoCertificateIsRefused() {
		assertRefused(authority.sslContext(), Reason.CERTIFICATE_MISSING);
	}

	@Test
	void clientWhenIntermediateIsMissingIsRefusedWithItsName() {
		assertRefused(authority.client(Flaw.MISSING_INTERMEDIATE, "api.example.com").sslContext(authority),
				Reason.ISSUER_UNKNOWN, "Missing Intermediate CA");
	}

	@ParameterizedTest
	@EnumSource(names = { "WITHOUT_EXTENDED_KEY_USAGE", "WITHOUT_KEY_USAGE" })
	void clientWhenExtensionIsAbsentIsAdmitted(Flaw flaw) throws IOException {
		assertAdmitted(authority.client(flaw, "api.example.com"), "api.example.com");
	}

	@Test
	void clientWhenVersion1IsAdmitted() throws IOException {
		assertAdmitted(authority.client(Flaw.VERSION_1, "api.example.com"), "api.example.com");
	}

	@Test
	void clientWhenThereAreNoRulesIsAdmittedByAnyTrustedCertificate() throws IOException {
		assertAdmitted(authority.client("spiffe://example.org/any"), "spiffe://example.org/any");
	}

	@Test
	void clientWhenIntermediatesAreOutOfOrderWithAnUnneededExtraIsAdmitted() throws IOException {
		TestCertificate client = belowLowerAuthority(
				authority.intermediate(CertificateRequest.authority("CN=Upper CA").build()));
		List<X509Certificate> chain = client.chain();
		assertThat(chain).hasSize(3);
		assertAdmitted(client.withChain(chain.get(0), chain.get(2), TestAuthority.create().certificate(), chain.get(1)),
				"api.example.com");
	}

	@Test
	void clientWhenPathLengthIsBrokenIsRefused() {
		TestCertificate client = belowLowerAuthority(
				authority.intermediate(CertificateRequest.authority("CN=Upper CA").pathLength(0).build()));
		assertRefused(client.sslContext(authority), Reason.CONSTRAINT_VIOLATED);
	}

	private static TestCertificate belowLowerAuthority(TestAuthority upper) {
		return upper.intermediate(CertificateRequest.authority("CN=Lower CA").build()).client("api.example.com");
	}

	private static void assertRefused(SSLContext client, Reason reason) {
		assertRefused(client, reason, "");
	}

	private static void assertRefused(SSLContext client, Reason reason, String detail) {
		int before = server.requests();
		for (String protocol : PROTOCOLS) {
			assertThatIOException().as(protocol).isThrownBy(() -> get(client, protocol));
			MtlsEvent.PeerRefused refused = server.events().await(MtlsEvent.PeerRefused.class);
			assertThat(refused.reason()).as("%s: %s", protocol, refused.detail()).isEqualTo(reason);
			assertThat(refused.detail()).contains(detail);
			assertThat(refused.gate()).isEqualTo("server");
			assertThat(refused.address()).isEqualTo(InetAddress.getLoopbackAddress());
			assertThat(server.events().drain()).isEmpty();
		}
		assertThat(server.requests()).as("requests that reached the controller").isEqualTo(before);
	}

	private static void assertAdmitted(TestCertificate client, String name) throws IOException {
		for (String protocol : PROTOCOLS) {
			assertThat(get(client.sslContext(authority), protocol).body()).as(protocol).isEqualTo(name);
			MtlsEvent.PeerAdmitted admitted = server.events().await(MtlsEvent.PeerAdmitted.class);
			assertThat(admitted.rule()).isEqualTo("any trusted certificate");
			assertThat(admitted.address()).isEqualTo(InetAddress.getLoopbackAddress());
			assertThat(admitted.identity()).isNotNull().extracting(PeerIdentity::displayName).isEqualTo(name);
		}
	}

	private static TlsClient.Response get(SSLContext client, String protocol) throws IOException {
		return new TlsClient(client, protocol).get(server.port(), "/peer");
	}

}
