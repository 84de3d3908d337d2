package dev.mtls.boot.web;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Binds a controller parameter to the certificate with which the client of the request
 * was admitted. The parameter may be a {@link dev.mtls.identity.PeerIdentity
 * PeerIdentity}, an {@link java.security.cert.X509Certificate X509Certificate}, an
 * {@code X509Certificate[]} with the client's own certificate first, a
 * {@link dev.mtls.identity.SpiffeId SpiffeId}, a {@link String} for the display name, or
 * an {@link java.util.Optional Optional} of any of these.
 */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.PARAMETER)
public @interface ClientCert {

	/**
	 * Whether a request without certificate is answered with status 401, and one whose
	 * certificate does not hold what is asked for with 403. If {@code false} the
	 * parameter is {@code null} then. An {@code Optional} or nullable parameter is never
	 * required.
	 * @return whether a certificate is required
	 */
	boolean required() default true;

}
