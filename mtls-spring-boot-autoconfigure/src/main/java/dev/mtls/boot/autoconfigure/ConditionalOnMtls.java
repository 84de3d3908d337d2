package dev.mtls.boot.autoconfigure;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

import org.springframework.context.annotation.Conditional;

/**
 * Matches when mutual TLS is on: {@code mtls.enabled} is not {@code false} and the side,
 * where one is named, is enabled or has any key set.
 */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target({ ElementType.TYPE, ElementType.METHOD })
@Conditional(OnMtlsCondition.class)
@interface ConditionalOnMtls {

	/**
	 * The prefixes of the sides' properties, any of which must be on.
	 * @return the prefixes, such as {@code mtls.server}
	 */
	String[] value();

}
