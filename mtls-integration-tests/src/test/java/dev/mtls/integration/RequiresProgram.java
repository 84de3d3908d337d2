package dev.mtls.integration;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Skips each test, and says why, where a program is not installed.
 */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target({ ElementType.TYPE, ElementType.METHOD })
@ExtendWith(RequiresProgramExtension.class)
@interface RequiresProgram {

	/**
	 * The program.
	 * @return the name, such as {@code curl}
	 */
	String value();

	/**
	 * The Debian package of the program, if it has another name.
	 * @return the name, such as {@code softhsm2}
	 */
	String ofPackage() default "";

}
