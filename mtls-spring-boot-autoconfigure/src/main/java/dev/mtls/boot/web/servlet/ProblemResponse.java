package dev.mtls.boot.web.servlet;

import java.io.IOException;
import java.nio.charset.StandardCharsets;

import jakarta.servlet.http.HttpServletResponse;

import dev.mtls.boot.web.ProblemDocument;

/**
 * Answers a request with a problem document.
 */
public final class ProblemResponse {

	private ProblemResponse() {
	}

	/**
	 * Write the document and its status.
	 * @param problem the document
	 * @param response the response
	 * @throws IOException if the client is gone
	 */
	public static void write(ProblemDocument problem, HttpServletResponse response) throws IOException {
		response.setStatus(problem.status().value());
		response.setContentType(ProblemDocument.MEDIA_TYPE);
		// A writer would announce a character set, which JSON has not (RFC 8259, section
		// 11)
		response.getOutputStream().write(problem.toJson().getBytes(StandardCharsets.UTF_8));
	}

}
