package dev.mtls.boot.test;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.concurrent.CompletionException;

import org.springframework.mock.web.MockHttpServletRequest;
import org.springframework.test.web.servlet.request.RequestPostProcessor;
import org.springframework.web.context.WebApplicationContext;
import org.springframework.web.context.support.WebApplicationContextUtils;

import dev.mtls.decision.MtlsException;
import dev.mtls.test.TestCertificate;

/**
 * Requests of MockMvc that come with a certificate.
 * <p>
 * The gate of {@code mtls.server} validates the certificate: its path, revocation, names,
 * and the remote address of the request. When it admits the peer, the request is as one
 * over TLS, so that {@code @ClientCert}, {@code @RequireClientCert} and Spring Security
 * find what they find at run time. When it refuses the connection, there would be no
 * request at all: {@code perform} throws an {@link MtlsException} with the reason. Where
 * certificates are {@linkplain dev.mtls.gate.Admission#deferred() wanted but not needed},
 * the request of a peer that the rules refuse is answered as at run time.
 *
 * <pre class="code">
 * mockMvc.perform(get("/greeting").with(clientCertificate(TestPeer.TRUSTED))).andExpect(status().isOk());
 * </pre>
 */
public final class MtlsRequestPostProcessors {

	private static final String CERTIFICATES = "jakarta.servlet.request.X509Certificate";

	private MtlsRequestPostProcessors() {
	}

	/**
	 * Have a request come with the certificate of a peer of an
	 * {@link MtlsTest @MtlsTest}.
	 * @param peer the peer
	 * @return the post-processor
	 */
	public static RequestPostProcessor clientCertificate(TestPeer peer) {
		return (request) -> present(PresentedCertificate.of(peer), request);
	}

	/**
	 * Have a request come with a certificate and its chain.
	 * @param certificate the certificate
	 * @return the post-processor
	 */
	public static RequestPostProcessor clientCertificate(TestCertificate certificate) {
		return (request) -> present(PresentedCertificate.of(certificate), request);
	}

	/**
	 * Have a request come with a chain.
	 * @param chain the chain, the peer's own certificate first
	 * @return the post-processor
	 */
	public static RequestPostProcessor clientCertificate(List<X509Certificate> chain) {
		return (request) -> present(PresentedCertificate.of(chain), request);
	}

	private static MockHttpServletRequest present(PresentedCertificate certificate, MockHttpServletRequest request) {
		WebApplicationContext context = WebApplicationContextUtils
			.getRequiredWebApplicationContext(request.getServletContext());
		try {
			List<X509Certificate> chain = certificate.admit(context, InetAddress.getByName(request.getRemoteAddr()))
				.join();
			request.setScheme("https");
			request.setSecure(true);
			if (!chain.isEmpty()) {
				request.setAttribute(CERTIFICATES, chain.toArray(X509Certificate[]::new));
			}
			return request;
		}
		catch (CompletionException ex) {
			if (ex.getCause() instanceof MtlsException refused) {
				throw refused;
			}
			throw ex;
		}
		catch (UnknownHostException ex) {
			throw new IllegalStateException("The remote address of the request is none: " + request.getRemoteAddr(),
					ex);
		}
	}

}
