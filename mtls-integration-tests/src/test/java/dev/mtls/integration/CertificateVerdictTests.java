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
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

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
@ParameterizedClass
@ValueSource(strings = { "TLSv1.3", "TLSv1.2" })
class CertificateVerdictTests {

	private static final TestAuthority authority = TestAuthority.create();

	@TempDir
	static Path directory;

	private static TestServer server;

	private final String protocol;

	CertificateVerdictTests(String protocol) {
		this.protocol = protocol;
	}

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
	void clientWhenCertificateIsFlawedIsRefused(Flaw flaw, Reason reason) throws IOException {
		assertRefused(authority.client(flaw, "api.example.com").sslContext(authority), reason);
	}

	@Test
	void clientWhenThereIsNoCertificateIsRefused() throws IOException {
		assertRefused(authority.sslContext(), Reason.CERTIFICATE_MISSING);
	}

	@Test
	void clientWhenIntermediateIsMissingIsRefusedWithItsName() throws IOException {
		MtlsEvent.PeerRefused refused = assertRefused(
				authority.client(Flaw.MISSING_INTERMEDIATE, "api.example.com").sslContext(authority),
				Reason.ISSUER_UNKNOWN);
		assertThat(refused.detail()).contains("Missing Intermediate CA");
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
		MtlsEvent.PeerAdmitted admitted = assertAdmitted(authority.client("spiffe://example.org/any"),
				"spiffe://example.org/any");
		assertThat(admitted.rule()).isEqualTo("any trusted certificate");
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
	void clientWhenPathLengthIsBrokenIsRefused() throws IOException {
		TestCertificate client = belowLowerAuthority(
				authority.intermediate(CertificateRequest.authority("CN=Upper CA").pathLength(0).build()));
		assertRefused(client.sslContext(authority), Reason.CONSTRAINT_VIOLATED);
	}

	private static TestCertificate belowLowerAuthority(TestAuthority upper) {
		return upper.intermediate(CertificateRequest.authority("CN=Lower CA").build()).client("api.example.com");
	}

	private MtlsEvent.PeerRefused assertRefused(SSLContext client, Reason reason) throws IOException {
		int before = server.requests();
		assertThatIOException().isThrownBy(() -> get(client));
		MtlsEvent.PeerRefused refused = server.events().await(MtlsEvent.PeerRefused.class);
		assertThat(refused.reason()).as(refused.detail()).isEqualTo(reason);
		assertThat(refused.gate()).isEqualTo("server");
		assertThat(refused.address()).isEqualTo(InetAddress.getLoopbackAddress());
		assertThat(server.events().drain()).isEmpty();
		assertThat(server.requests()).as("requests that reached the controller").isEqualTo(before);
		return refused;
	}

	private MtlsEvent.PeerAdmitted assertAdmitted(TestCertificate client, String name) throws IOException {
		assertThat(get(client.sslContext(authority)).body()).isEqualTo(name);
		MtlsEvent.PeerAdmitted admitted = server.events().await(MtlsEvent.PeerAdmitted.class);
		assertThat(admitted.address()).isEqualTo(InetAddress.getLoopbackAddress());
		assertThat(admitted.identity()).isNotNull().extracting(PeerIdentity::displayName).isEqualTo(name);
		return admitted;
	}

	private TlsClient.Response get(SSLContext client) throws IOException {
		return new TlsClient(client, this.protocol).get(server.port(), "/peer");
	}

}
