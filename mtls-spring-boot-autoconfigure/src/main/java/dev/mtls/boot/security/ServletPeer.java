package dev.mtls.boot.security;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.cert.X509Certificate;

import jakarta.servlet.ServletRequest;
import jakarta.servlet.http.HttpServletResponse;

import dev.mtls.boot.web.ProblemDocument;

/**
 * What a servlet container tells of the peer of a request, and what the peer is told.
 */
final class ServletPeer {

	// Jakarta Servlet, section 3.10
	private static final String CERTIFICATES = "jakarta.servlet.request.X509Certificate";

	private ServletPeer() {
	}

	static X509Certificate[] certificates(ServletRequest request) {
		return (request.getAttribute(CERTIFICATES) instanceof X509Certificate[] chain) ? chain : new X509Certificate[0];
	}

	static void tell(ProblemDocument problem, HttpServletResponse response) throws IOException {
		response.setStatus(problem.status().value());
		response.setContentType(ProblemDocument.MEDIA_TYPE);
		response.getOutputStream().write(problem.toJson().getBytes(StandardCharsets.UTF_8));
	}

}
