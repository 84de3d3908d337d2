package dev.mtls.integration;

import java.io.IOException;
import java.nio.file.Path;

import javax.net.ssl.SSLContext;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import dev.mtls.boot.web.ClientCert;
import dev.mtls.decision.Reason;
import dev.mtls.event.MtlsEvent;
import dev.mtls.test.Flaw;
import dev.mtls.test.TestAuthority;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

/**
 * Tests for {@link ClientCert} behind a server that wants certificates.
 */
@Tag("servers")
class ClientCertTests {

	private static final TestAuthority authority = TestAuthority.create();

	private static final SSLContext withSpiffeId = authority.intermediate()
		.client("spiffe://example.org/web")
		.sslContext(authority);

	private static final SSLContext withDnsName = authority.client("api.example.com").sslContext(authority);

	private static final SSLContext withoutCertificate = authority.sslContext();

	@TempDir
	static Path directory;

	private static TestServer server;

	@BeforeAll
	static void start() {
		server = TestServer.start(ServerFiles.write(authority, directory).properties("mtls.server.client-auth=want"));
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
			identity    | identity CN=client
			certificate | certificate CN=client
			chain       | chain [CN=client, CN=Test Intermediate CA]
			spiffe-id   | spiffe-id spiffe://example.org/web
			name        | name spiffe://example.org/web
			""")
	void parameterWhenThereIsACertificateIsBound(String type, String value) throws IOException {
		for (String kind : new String[] { "required", "optional", "nullable" }) {
			TlsClient.Response response = get(withSpiffeId, kind, type);
			assertThat(response.body()).as(kind).isEqualTo(value);
			assertThat(response.status()).as(kind).isEqualTo(200);
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "identity", "certificate", "chain", "spiffe-id", "name" })
	void parameterWhenThereIsNoCertificateIsNothingOrUnauthorized(String type) throws IOException {
		assertThat(get(withoutCertificate, "optional", type).body()).isEqualTo(ClientCertController.NOTHING);
		assertThat(get(withoutCertificate, "nullable", type).body()).isEqualTo(ClientCertController.NOTHING);
		assertRefused(get(withoutCertificate, "required", type), 401, Reason.CERTIFICATE_MISSING);
	}

	@Test
	void parameterWhenTheCertificateHasNoSpiffeIdIsNothingOrForbidden() throws IOException {
		assertThat(get(withDnsName, "optional", "spiffe-id").body()).isEqualTo(ClientCertController.NOTHING);
		assertThat(get(withDnsName, "nullable", "spiffe-id").body()).isEqualTo(ClientCertController.NOTHING);
		assertRefused(get(withDnsName, "required", "spiffe-id"), 403, Reason.IDENTITY_NOT_ALLOWED);
	}

	@Test
	void clientWhenThereIsNoCertificateIsAdmittedAsAnonymous() throws IOException {
		get(withoutCertificate, "optional", "name");
		MtlsEvent.PeerAdmitted admitted = server.events().await(MtlsEvent.PeerAdmitted.class);
		assertThat(admitted.identity()).isNull();
		assertThat(admitted.rule()).isEqualTo("anonymous");
	}

	@Test
	void clientWhenItsCertificateIsExpiredIsRefusedAllTheSame() {
		SSLContext expired = authority.client(Flaw.EXPIRED, "api.example.com").sslContext(authority);
		assertThatIOException().isThrownBy(() -> get(expired, "optional", "name"));
		assertThat(server.events().await(MtlsEvent.PeerRefused.class).reason()).isEqualTo(Reason.CERTIFICATE_EXPIRED);
	}

	private static void assertRefused(TlsClient.Response response, int status, Reason reason) {
		assertThat(response.status()).isEqualTo(status);
		assertThat(response.body()).contains("\"reason\":\"%s\"".formatted(reason.code()));
	}

	private static TlsClient.Response get(SSLContext context, String kind, String type) throws IOException {
		return new TlsClient(context, "TLSv1.3").get(server.port(), "/%s/%s".formatted(kind, type));
	}

}
