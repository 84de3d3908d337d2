package dev.mtls.boot.web;

import org.springframework.http.ProblemDetail;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.RestControllerAdvice;

/**
 * Answers a {@link ClientCertException} with its problem document, which Spring MVC and
 * WebFlux do by themselves only when {@code spring.mvc.problemdetails.enabled} or
 * {@code spring.webflux.problemdetails.enabled} is set.
 */
@RestControllerAdvice
public final class ClientCertExceptionHandler {

	@ExceptionHandler
	ResponseEntity<ProblemDetail> handle(ClientCertException ex) {
		return ResponseEntity.status(ex.getStatusCode()).headers(ex.getHeaders()).body(ex.getBody());
	}

}
