/**
 * The gate on Reactor Netty: addresses before the handshake, peers after it.
 */
@NullMarked
package dev.mtls.boot.netty;

import org.jspecify.annotations.NullMarked;
