/**
 * The gate on Jetty: addresses before the handshake, peers after it.
 */
@NullMarked
package dev.mtls.boot.jetty;

import org.jspecify.annotations.NullMarked;
