package dev.mtls.boot.web.reactive;

import java.security.cert.X509Certificate;

import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.http.server.reactive.SslInfo;

/**
 * The certificates that come with a reactive request.
 */
public final class PeerCertificates {

	private PeerCertificates() {
	}

	/**
	 * The certificates that the peer presented.
	 * @param request the request
	 * @return the peer's own certificate first; empty if it presented none
	 */
	public static X509Certificate[] of(ServerHttpRequest request) {
		SslInfo ssl = request.getSslInfo();
		X509Certificate[] certificates = (ssl != null) ? ssl.getPeerCertificates() : null;
		return (certificates != null) ? certificates : new X509Certificate[0];
	}

}
