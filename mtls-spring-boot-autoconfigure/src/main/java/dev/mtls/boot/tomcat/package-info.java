/**
 * The gate on Tomcat: addresses before the handshake, peers after it.
 */
@NullMarked
package dev.mtls.boot.tomcat;

import org.jspecify.annotations.NullMarked;
