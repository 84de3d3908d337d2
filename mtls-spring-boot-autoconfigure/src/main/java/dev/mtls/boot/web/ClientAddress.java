package dev.mtls.boot.web;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Binds a controller parameter of the type {@link java.net.InetAddress InetAddress} to
 * the address of the client that the gate decided on. A header that says where a request
 * comes from changes it only if it comes from a proxy that {@code mtls.server.forwarded}
 * believes.
 */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.PARAMETER)
public @interface ClientAddress {

}
