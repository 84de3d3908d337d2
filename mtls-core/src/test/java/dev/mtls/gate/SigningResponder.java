package dev.mtls.gate;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.cert.ocsp.BasicOCSPRespBuilder;
import org.bouncycastle.cert.ocsp.CertificateStatus;
import org.bouncycastle.cert.ocsp.OCSPException;
import org.bouncycastle.cert.ocsp.OCSPReq;
import org.bouncycastle.cert.ocsp.OCSPRespBuilder;
import org.bouncycastle.cert.ocsp.RespID;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.jspecify.annotations.Nullable;

import dev.mtls.authority.CertificateAuthority;

/**
 * An OCSP responder on loopback that signs as an authority does, by the clock of a test.
 */
final class SigningResponder implements AutoCloseable {

	private final ExecutorService threads = Executors.newCachedThreadPool();

	private final CountDownLatch closed = new CountDownLatch(1);

	private final AtomicInteger requests = new AtomicInteger();

	private final CertificateAuthority authority;

	private final MutableClock clock;

	private final HttpServer http;

	volatile Duration validity = Duration.ofMinutes(30);

	volatile Duration age = Duration.ZERO;

	volatile @Nullable CertificateStatus status = CertificateStatus.GOOD;

	volatile boolean wrongSignature;

	volatile boolean silent;

	volatile boolean broken;

	volatile byte @Nullable [] last;

	SigningResponder(CertificateAuthority authority, MutableClock clock) {
		this.authority = authority;
		this.clock = clock;
		try {
			this.http = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		this.http.createContext("/", this::handle);
		this.http.setExecutor(this.threads);
		this.http.start();
	}

	URI uri() {
		return URI.create("http://127.0.0.1:%d/ocsp".formatted(this.http.getAddress().getPort()));
	}

	int requests() {
		return this.requests.get();
	}

	byte[] answer(byte[] request) {
		Instant thisUpdate = this.clock.instant().minus(this.age);
		try {
			OCSPReq asked = new OCSPReq(request);
			byte[] answer = new OCSPRespBuilder()
				.build(OCSPRespBuilder.SUCCESSFUL,
						new BasicOCSPRespBuilder(new RespID(X500Name
							.getInstance(this.authority.certificate().getSubjectX500Principal().getEncoded())))
							.addResponse(
									asked.getRequestList()[0].getCertID(), this.status, Date.from(thisUpdate),
									Date.from(thisUpdate.plus(this.validity)), null)
							.build(new JcaContentSignerBuilder("SHA256withECDSA")
								.build(this.authority.own().privateKey()), new X509CertificateHolder[0],
									Date.from(thisUpdate)))
				.getEncoded();
			if (this.wrongSignature) {
				answer[answer.length - 1] ^= 1;
			}
			return answer;
		}
		catch (OCSPException | OperatorCreationException | IOException ex) {
			throw new IllegalStateException(ex);
		}
	}

	@Override
	public void close() {
		this.closed.countDown();
		this.http.stop(0);
		this.threads.shutdownNow();
	}

	private void handle(HttpExchange exchange) throws IOException {
		try (exchange) {
			byte[] request = exchange.getRequestBody().readAllBytes();
			this.requests.incrementAndGet();
			if (this.silent) {
				this.closed.await();
			}
			byte[] answer = this.broken ? new byte[0] : answer(request);
			exchange.sendResponseHeaders(this.broken ? 500 : 200, this.broken ? -1 : answer.length);
			if (!this.broken) {
				exchange.getResponseBody().write(answer);
				this.last = answer;
			}
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

}
