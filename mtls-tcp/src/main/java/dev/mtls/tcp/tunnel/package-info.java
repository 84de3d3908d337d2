/**
 * Tunnels that put mutual TLS between two sides that speak plain TCP.
 */
@NullMarked
package dev.mtls.tcp.tunnel;

import org.jspecify.annotations.NullMarked;
