package dev.mtls.test;

import java.math.BigInteger;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Base64;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

import org.bouncycastle.asn1.ASN1Integer;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.cert.X509CRLHolder;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import dev.mtls.decision.Verdict;
import dev.mtls.revocation.OcspAnswer;
import dev.mtls.revocation.OcspRequest;
import dev.mtls.revocation.OcspResponders;
import dev.mtls.revocation.RevocationStatus;
import dev.mtls.source.HttpFetcher;
import dev.mtls.source.HttpLimits;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for {@link OcspResponder}.
 */
class OcspResponderTests {

	private static final Instant NOW = Instant.parse("2026-11-20T12:00:00Z");

	private final ExecutorService threads = Executors.newCachedThreadPool();

	private final HttpFetcher fetcher = fetcher(Duration.ofSeconds(30));

	private final TestAuthority authority = TestAuthority.create(InstantSource.fixed(NOW)).intermediate();

	private final OcspResponder responder = this.authority.ocspResponder();

	private final TestCertificate alice = this.authority
		.client((request) -> request.ocspResponder(this.responder.uri().toString()));

	@AfterEach
	void close() {
		this.responder.close();
		this.fetcher.close();
		this.threads.shutdownNow();
	}

	@Test
	void answersByStatusOfCertificate() throws Exception {
		assertThat(status()).isEqualTo(new RevocationStatus.Good(NOW.plus(Duration.ofHours(1))));
		this.responder.revoke(this.alice.certificate());
		assertThat(status()).isInstanceOf(RevocationStatus.Revoked.class);
		this.responder.forget(this.alice.certificate());
		assertThat(status()).isInstanceOf(RevocationStatus.Unknown.class);
		this.responder.reinstate(this.alice.certificate());
		assertThat(status()).isInstanceOf(RevocationStatus.Good.class);
		assertThat(this.responder.requests()).isEqualTo(4);
	}

	@Test
	void answersRevokedWhenTheAuthorityRevokedIt() throws Exception {
		assertThat(status()).isInstanceOf(RevocationStatus.Good.class);
		this.authority.revoke(this.alice);
		assertThat(status()).isInstanceOf(RevocationStatus.Revoked.class);
		try (OcspResponder next = this.authority.ocspResponder()) {
			assertThat(status(next.uri())).isInstanceOf(RevocationStatus.Revoked.class);
		}
	}

	@Test
	void answersGetToo() throws Exception {
		OcspRequest request = OcspRequest.of(this.alice.certificate(), this.authority.certificate());
		String encoded = URLEncoder.encode(Base64.getEncoder().encodeToString(request.encoded()),
				StandardCharsets.US_ASCII);
		byte[] response = this.fetcher.get(URI.create("%s/%s".formatted(this.responder.uri(), encoded)))
			.get(30, TimeUnit.SECONDS)
			.content();
		assertThat(request.verify(response, NOW, false)).isInstanceOf(Verdict.Accepted.class);
	}

	@Test
	void answersAsLongAsToldTo() throws Exception {
		this.responder.validity(Duration.ofSeconds(90));
		assertThat(status()).isEqualTo(new RevocationStatus.Good(NOW.plusSeconds(90)));
		this.responder.validity(Duration.ZERO);
		assertThat(status()).isEqualTo(new RevocationStatus.Good(NOW.plus(Duration.ofHours(1))));
	}

	@Test
	void answersAsDelegate() throws Exception {
		this.responder.delegate();
		assertThat(status()).isInstanceOf(RevocationStatus.Good.class);
	}

	@ParameterizedTest
	@CsvSource({ "WRONG_NONCE, another nonce", "WITHOUT_NONCE, does not repeat the nonce",
			"WRONG_SIGNATURE, signed neither by the issuer nor", "WEAK_SIGNATURE, signature algorithm is weak",
			"FOREIGN_DELEGATE, not certified by the issuer", "WRONG_DELEGATE, not for OCSP",
			"OTHER_CERTIFICATE, 0 answers", "STALE, counted until", "FUTURE, in the future", "GARBAGE, not DER",
			"TRY_LATER, status 3" })
	void misbehaveMakesAnswerThatIsRefused(OcspFlaw flaw, String problem) throws Exception {
		this.responder.misbehave(flaw);
		Verdict<OcspAnswer> verdict = ask(this.fetcher);
		assertThat(verdict).isInstanceOf(Verdict.Refused.class);
		assertThat(((Verdict.Refused<OcspAnswer>) verdict).denial().detail()).contains(problem);
		this.responder.behave();
		assertThat(status()).isInstanceOf(RevocationStatus.Good.class);
	}

	@ParameterizedTest
	@CsvSource({ "HUGE, has more than 65536 bytes", "REDIRECT, is a redirect (307)",
			"SERVER_ERROR, has the status 500" })
	void misbehaveMakesExchangeThatFails(OcspFlaw flaw, String problem) {
		this.responder.misbehave(flaw);
		assertThatExceptionOfType(ExecutionException.class).isThrownBy(() -> ask(this.fetcher))
			.withMessageContaining("The answer " + problem);
		assertThat(this.responder.requests()).isOne();
	}

	@Test
	void misbehaveWhenSilentNeverAnswers() {
		this.responder.misbehave(OcspFlaw.SILENT);
		try (HttpFetcher impatient = fetcher(Duration.ofMillis(500))) {
			assertThatExceptionOfType(ExecutionException.class).isThrownBy(() -> ask(impatient))
				.withMessageContaining("There is no whole answer within 500 ms");
		}
		assertThat(this.responder.requests()).isOne();
	}

	@Test
	void contentServerServesWhatItIsToldTo() throws Exception {
		byte[] first = this.authority.crl();
		byte[] second = this.authority.crl(this.alice.certificate());
		try (ContentServer server = ContentServer.serving("ca.crl", first)) {
			assertThat(server.uri().getPath()).isEqualTo("/ca.crl");
			assertThat(this.fetcher.get(server.uri()).get(30, TimeUnit.SECONDS).content()).isEqualTo(first);
			server.fail(503);
			assertThatExceptionOfType(ExecutionException.class)
				.isThrownBy(() -> this.fetcher.get(server.uri()).get(30, TimeUnit.SECONDS))
				.withMessageContaining("503");
			server.serve(second);
			assertThat(this.fetcher.get(server.uri()).get(30, TimeUnit.SECONDS).content()).isEqualTo(second)
				.isNotEqualTo(first);
			server.serve(new byte[0]);
			assertThat(this.fetcher.get(server.uri()).get(30, TimeUnit.SECONDS).content()).isEmpty();
			assertThat(server.requests()).isEqualTo(4);
		}
	}

	@Test
	void crlHasHigherNumberEachTime() throws Exception {
		assertThat(numberOf(this.authority.crl())).isEqualTo(BigInteger.ONE);
		assertThat(numberOf(this.authority.crl())).isEqualTo(BigInteger.TWO);
	}

	private RevocationStatus status() throws Exception {
		return status(OcspResponders.of(this.alice.certificate()).get(0));
	}

	private RevocationStatus status(URI uri) throws Exception {
		Verdict<OcspAnswer> verdict = ask(this.fetcher, uri);
		assertThat(verdict).isInstanceOf(Verdict.Accepted.class);
		return ((Verdict.Accepted<OcspAnswer>) verdict).value().status();
	}

	private Verdict<OcspAnswer> ask(HttpFetcher client) throws Exception {
		return ask(client, OcspResponders.of(this.alice.certificate()).get(0));
	}

	private Verdict<OcspAnswer> ask(HttpFetcher client, URI uri) throws Exception {
		OcspRequest request = OcspRequest.withNonce(this.alice.certificate(), this.authority.certificate());
		byte[] response = client.post(uri, OcspRequest.CONTENT_TYPE, request.encoded())
			.get(30, TimeUnit.SECONDS)
			.content();
		return request.verify(response, NOW, true);
	}

	private HttpFetcher fetcher(Duration timeout) {
		return new HttpFetcher(new HttpLimits(timeout, OcspRequest.MAX_RESPONSE_BYTES, 2, 2), this.threads);
	}

	private static BigInteger numberOf(byte[] crl) throws Exception {
		Extension number = new X509CRLHolder(crl).getExtension(Extension.cRLNumber);
		return ASN1Integer.getInstance(number.getParsedValue()).getValue();
	}

}
