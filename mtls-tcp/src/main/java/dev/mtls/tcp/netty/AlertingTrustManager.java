package dev.mtls.tcp.netty;

import java.net.Socket;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;

import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedTrustManager;

import io.netty.handler.ssl.OpenSslCertificateException;

import dev.mtls.decision.Reason;
import dev.mtls.tls.HandshakeRefusedException;

/**
 * {@link X509ExtendedTrustManager} for netty-tcnative, which would tell a refused peer of
 * an internal error. What it throws here becomes the alert that RFC 8446, section 6.2 has
 * for the reason.
 */
final class AlertingTrustManager extends X509ExtendedTrustManager {

	// X509_V_ERR_CERT_NOT_YET_VALID, which becomes the alert certificate_expired (45)
	private static final int NOT_YET_VALID = 9;

	// X509_V_ERR_CERT_HAS_EXPIRED, which becomes the alert certificate_expired (45)
	private static final int HAS_EXPIRED = 10;

	// X509_V_ERR_SUBJECT_ISSUER_MISMATCH, which becomes certificate_unknown (46)
	private static final int OTHER = 29;

	private final X509ExtendedTrustManager delegate;

	AlertingTrustManager(X509ExtendedTrustManager delegate) {
		this.delegate = delegate;
	}

	@Override
	public void checkClientTrusted(X509Certificate[] chain, String authType) throws CertificateException {
		alerting(() -> this.delegate.checkClientTrusted(chain, authType));
	}

	@Override
	public void checkClientTrusted(X509Certificate[] chain, String authType, Socket socket)
			throws CertificateException {
		alerting(() -> this.delegate.checkClientTrusted(chain, authType, socket));
	}

	@Override
	public void checkClientTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
			throws CertificateException {
		alerting(() -> this.delegate.checkClientTrusted(chain, authType, engine));
	}

	@Override
	public void checkServerTrusted(X509Certificate[] chain, String authType) throws CertificateException {
		alerting(() -> this.delegate.checkServerTrusted(chain, authType));
	}

	@Override
	public void checkServerTrusted(X509Certificate[] chain, String authType, Socket socket)
			throws CertificateException {
		alerting(() -> this.delegate.checkServerTrusted(chain, authType, socket));
	}

	@Override
	public void checkServerTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
			throws CertificateException {
		alerting(() -> this.delegate.checkServerTrusted(chain, authType, engine));
	}

	@Override
	public X509Certificate[] getAcceptedIssuers() {
		return this.delegate.getAcceptedIssuers();
	}

	private static void alerting(Check check) throws CertificateException {
		try {
			check.run();
		}
		catch (HandshakeRefusedException ex) {
			throw new OpenSslCertificateException(ex.getMessage(), ex, errorFor(ex.denial().reason()));
		}
		catch (CertificateException | RuntimeException ex) {
			throw new OpenSslCertificateException(ex.getMessage(), ex, OTHER);
		}
	}

	private static int errorFor(Reason reason) {
		return switch (reason) {
			case CERTIFICATE_EXPIRED -> HAS_EXPIRED;
			case CERTIFICATE_NOT_YET_VALID -> NOT_YET_VALID;
			default -> OTHER;
		};
	}

	/**
	 * A check that may refuse.
	 */
	@FunctionalInterface
	private interface Check {

		void run() throws CertificateException;

	}

}
