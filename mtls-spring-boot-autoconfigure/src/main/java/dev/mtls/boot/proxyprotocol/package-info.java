/**
 * The PROXY protocol: who connected to a proxy that passes TLS on.
 */
@NullMarked
package dev.mtls.boot.proxyprotocol;

import org.jspecify.annotations.NullMarked;
