package dev.mtls.boot.tcp;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

import dev.mtls.tcp.TcpConnectionHandler;

/**
 * Has a bean of type {@link TcpConnectionHandler} handle the connections of a TCP server.
 * It is on the type of the bean, or on the method that makes it. A handler whose bean is
 * named as the server needs no annotation.
 */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target({ ElementType.TYPE, ElementType.METHOD })
public @interface MtlsTcpListener {

	/**
	 * The name of the server.
	 * @return the name, such as {@code echo} for {@code mtls.tcp.servers.echo}
	 */
	String value();

}
