package dev.mtls.boot.web;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Serves a controller, or one of its methods, only to clients that were admitted with a
 * certificate. Everybody else is answered with a problem document (RFC 9457) before the
 * arguments of the method are resolved: status 401 without a certificate, and 403 with
 * one that is not allowed.
 * <p>
 * What is on a method takes the place of what is on its type. Both are found as Spring
 * finds annotations: on interfaces and superclasses too, and as a meta-annotation. On the
 * type of any other handler, such as one of WebSockets, it says the same.
 * <p>
 * It holds as well where {@code mtls.server.mode} is {@code report-only}, which is about
 * the rules of the server and not those of the application.
 */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target({ ElementType.TYPE, ElementType.METHOD })
public @interface RequireClientCert {

	/**
	 * Which clients are allowed, as identity patterns in the syntax of
	 * {@code mtls.server.allowed-clients}, such as {@code spiffe://example.org/admin} or
	 * {@code dns:*.example.com}. Any of them allows.
	 * @return the patterns; none for any client that has a certificate
	 */
	String[] allowed() default {};

}
