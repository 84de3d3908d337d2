package dev.mtls.revocation;

import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import dev.mtls.authority.CertificateAuthority;
import dev.mtls.authority.CertificateRequest;
import dev.mtls.authority.ExtendedKeyUsage;
import dev.mtls.authority.IssuedCertificate;
import dev.mtls.decision.Verdict;
import dev.mtls.source.HttpFetcher;
import dev.mtls.source.HttpLimits;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link OcspRequest} with a real responder.
 */
class OpenSslResponderTests {

	private final ExecutorService threads = Executors.newCachedThreadPool();

	private final HttpFetcher fetcher = new HttpFetcher(
			new HttpLimits(Duration.ofSeconds(30), OcspRequest.MAX_RESPONSE_BYTES, 1, 1), this.threads);

	private final CertificateAuthority issuer = CertificateAuthority.create("CN=Issuer");

	private final X509Certificate alice = issue();

	private final X509Certificate bob = issue();

	private final X509Certificate carol = issue();

	@AfterEach
	void close() {
		this.fetcher.close();
		this.threads.shutdownNow();
	}

	@Test
	void askWhenIssuerSignsYieldsStatus(@TempDir Path directory) throws Exception {
		askAll(directory, this.issuer.own());
	}

	@Test
	void askWhenDelegateSignsYieldsStatus(@TempDir Path directory) throws Exception {
		askAll(directory, this.issuer
			.issue(CertificateRequest.client("responder").extendedKeyUsage(ExtendedKeyUsage.OCSP_SIGNING).build()));
	}

	@Test
	void askWhenSignerIsNoDelegateIsRefused(@TempDir Path directory) throws Exception {
		IssuedCertificate client = this.issuer.issue(CertificateRequest.client("client").build());
		try (OpenSslResponder responder = OpenSslResponder.start(directory, this.issuer.own(), client,
				valid(this.alice))) {
			assertThat(ask(responder, this.alice)).isInstanceOf(Verdict.Refused.class);
		}
	}

	private void askAll(Path directory, IssuedCertificate signer) throws Exception {
		try (OpenSslResponder responder = OpenSslResponder.start(directory, this.issuer.own(), signer,
				valid(this.alice), revoked(this.bob))) {
			assertThat(status(responder, this.alice)).isInstanceOf(RevocationStatus.Good.class);
			assertThat(status(responder, this.bob)).isEqualTo(new RevocationStatus.Revoked(
					"the OCSP responder says so since 2026-01-02T03:04:05Z (KEY_COMPROMISE)"));
			assertThat(status(responder, this.carol)).isInstanceOf(RevocationStatus.Unknown.class);
		}
	}

	private RevocationStatus status(OpenSslResponder responder, X509Certificate certificate) throws Exception {
		Verdict<OcspAnswer> verdict = ask(responder, certificate);
		assertThat(verdict).isInstanceOf(Verdict.Accepted.class);
		return ((Verdict.Accepted<OcspAnswer>) verdict).value().status();
	}

	private Verdict<OcspAnswer> ask(OpenSslResponder responder, X509Certificate certificate) throws Exception {
		OcspRequest request = OcspRequest.withNonce(certificate, this.issuer.certificate());
		byte[] response = this.fetcher.post(responder.uri(), OcspRequest.CONTENT_TYPE, request.encoded())
			.get(60, TimeUnit.SECONDS)
			.content();
		return request.verify(response, Instant.now(), true);
	}

	private X509Certificate issue() {
		return this.issuer.issue(CertificateRequest.client("alice").build()).certificate();
	}

	private static String valid(X509Certificate certificate) {
		return "V\t301231235959Z\t\t%s\tunknown\t/CN=alice".formatted(serialNumber(certificate));
	}

	private static String revoked(X509Certificate certificate) {
		return "R\t301231235959Z\t260102030405Z,keyCompromise\t%s\tunknown\t/CN=alice"
			.formatted(serialNumber(certificate));
	}

	private static String serialNumber(X509Certificate certificate) {
		// openssl looks for an even number of upper-case digits
		String digits = "%X".formatted(certificate.getSerialNumber());
		return (digits.length() % 2 == 0) ? digits : "0" + digits;
	}

}
