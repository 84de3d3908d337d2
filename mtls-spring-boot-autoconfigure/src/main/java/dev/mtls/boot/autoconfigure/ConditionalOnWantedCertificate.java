package dev.mtls.boot.autoconfigure;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

import org.springframework.context.annotation.Conditional;

/**
 * {@link Conditional @Conditional} that matches when a certificate is wanted at the
 * connection, but needed at no or not every request.
 */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target({ ElementType.TYPE, ElementType.METHOD })
@Conditional(OnWantedCertificateCondition.class)
@interface ConditionalOnWantedCertificate {

	/**
	 * The prefix of the server's keys.
	 * @return the prefix
	 */
	String value();

}
