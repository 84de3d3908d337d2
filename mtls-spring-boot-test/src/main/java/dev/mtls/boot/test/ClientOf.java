package dev.mtls.boot.test;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

import org.springframework.beans.factory.annotation.Autowired;

/**
 * Injects a client of the application into a field or parameter of an
 * {@link MtlsTest @MtlsTest}: a {@code RestClient}, a {@code WebTestClient} or an
 * {@link java.net.http.HttpClient HttpClient} that has the certificate of a peer and
 * trusts the application. It is no bean, so that the application does not find it.
 */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target({ ElementType.FIELD, ElementType.PARAMETER })
@Autowired
public @interface ClientOf {

	/**
	 * The peer whose client it is.
	 * @return the peer
	 */
	TestPeer value();

}
