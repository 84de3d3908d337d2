package dev.mtls.test;

import java.io.IOException;
import java.math.BigInteger;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Base64;
import java.util.Date;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

import com.sun.net.httpserver.HttpExchange;
import org.bouncycastle.cert.ocsp.CertificateStatus;
import org.bouncycastle.cert.ocsp.RevokedStatus;
import org.bouncycastle.cert.ocsp.UnknownStatus;
import org.jspecify.annotations.Nullable;

import dev.mtls.authority.CertificateAuthority;
import dev.mtls.authority.CertificateRequest;
import dev.mtls.authority.ExtendedKeyUsage;
import dev.mtls.authority.IssuedCertificate;

/**
 * An OCSP responder of a {@link TestAuthority} on loopback, for POST and GET.
 * Certificates are good unless they are revoked or forgotten, and it answers as it should
 * unless it is told to misbehave. What is changed counts from the next request on.
 */
public final class OcspResponder implements AutoCloseable {

	private static final Duration DEFAULT_VALIDITY = Duration.ofHours(1);

	private static final byte[] GARBAGE = "no answer".getBytes(StandardCharsets.US_ASCII);

	private static final int HUGE = 16 * 1024 * 1024;

	private final Map<BigInteger, CertificateStatus> statuses = new ConcurrentHashMap<>();

	private final CertificateAuthority authority;

	private final InstantSource clock;

	private final LoopbackHttp http;

	private volatile Duration validity = DEFAULT_VALIDITY;

	private volatile @Nullable IssuedCertificate delegate;

	private volatile @Nullable OcspFlaw flaw;

	OcspResponder(CertificateAuthority authority, InstantSource clock) {
		this.authority = authority;
		this.clock = clock;
		this.http = new LoopbackHttp("/ocsp", this::handle);
	}

	/**
	 * Where it listens, which is what a certificate names.
	 * @return an {@code http} URI
	 */
	public URI uri() {
		return this.http.uri();
	}

	/**
	 * The number of requests so far.
	 * @return the number
	 */
	public int requests() {
		return this.http.requests();
	}

	/**
	 * Say that a certificate is revoked.
	 * @param certificate the certificate
	 */
	public void revoke(X509Certificate certificate) {
		this.statuses.put(certificate.getSerialNumber(), new RevokedStatus(Date.from(this.clock.instant())));
	}

	/**
	 * Say that a certificate is unknown.
	 * @param certificate the certificate
	 */
	public void forget(X509Certificate certificate) {
		this.statuses.put(certificate.getSerialNumber(), new UnknownStatus());
	}

	/**
	 * Say that a certificate is good, as it is at first.
	 * @param certificate the certificate
	 */
	public void reinstate(X509Certificate certificate) {
		this.statuses.remove(certificate.getSerialNumber());
	}

	/**
	 * Set how long an answer counts; an hour at first.
	 * @param duration the time from {@code thisUpdate} to {@code nextUpdate}, in whole
	 * seconds; zero leaves {@code nextUpdate} out
	 */
	public void validity(Duration duration) {
		this.validity = duration;
	}

	/**
	 * Sign with a new key that the authority certifies for this, instead of the
	 * authority's own.
	 */
	public void delegate() {
		this.delegate = newDelegate(this.authority, ExtendedKeyUsage.OCSP_SIGNING);
	}

	/**
	 * Do something wrong.
	 * @param newFlaw what is wrong
	 */
	public void misbehave(OcspFlaw newFlaw) {
		this.flaw = newFlaw;
	}

	/**
	 * Do everything right again.
	 */
	public void behave() {
		this.flaw = null;
	}

	@Override
	public void close() {
		this.http.close();
	}

	private void handle(HttpExchange exchange) throws IOException {
		byte[] request = request(exchange);
		OcspFlaw current = this.flaw;
		if (current == OcspFlaw.SILENT) {
			this.http.holdUntilClosed();
		}
		else if (current == OcspFlaw.SERVER_ERROR) {
			LoopbackHttp.sendStatus(exchange, 500);
		}
		else if (current == OcspFlaw.REDIRECT) {
			exchange.getResponseHeaders().set("Location", uri().toString());
			LoopbackHttp.sendStatus(exchange, 307);
		}
		else {
			LoopbackHttp.send(exchange, "application/ocsp-response", answer(request, current));
		}
	}

	private byte[] request(HttpExchange exchange) throws IOException {
		if (!exchange.getRequestMethod().equals("GET")) {
			return exchange.getRequestBody().readAllBytes();
		}
		// RFC 6960, A.1: the request in Base64 behind the address
		return Base64.getDecoder().decode(exchange.getRequestURI().getPath().substring(uri().getPath().length() + 1));
	}

	private byte[] answer(byte[] request, @Nullable OcspFlaw current) {
		if (current == OcspFlaw.GARBAGE) {
			return GARBAGE;
		}
		if (current == OcspFlaw.HUGE) {
			return new byte[HUGE];
		}
		return new OcspResponseSigner(signer(current), this.clock.instant(), this.validity, current).answer(request,
				this.statuses);
	}

	private IssuedCertificate signer(@Nullable OcspFlaw current) {
		if (current == OcspFlaw.FOREIGN_DELEGATE) {
			String name = this.authority.certificate().getSubjectX500Principal().getName();
			return newDelegate(CertificateAuthority.create(CertificateRequest.authority(name).build(), this.clock),
					ExtendedKeyUsage.OCSP_SIGNING);
		}
		if (current == OcspFlaw.WRONG_DELEGATE) {
			return newDelegate(this.authority, ExtendedKeyUsage.CLIENT_AUTH);
		}
		IssuedCertificate delegated = this.delegate;
		return (delegated != null) ? delegated : this.authority.own();
	}

	private static IssuedCertificate newDelegate(CertificateAuthority issuer, ExtendedKeyUsage usage) {
		return issuer.issue(CertificateRequest.client("Test OCSP responder").extendedKeyUsage(usage).build());
	}

}
