/**
 * A client's gate on the HTTP client of Reactor Netty.
 */
@NullMarked
package dev.mtls.boot.client.reactor;

import org.jspecify.annotations.NullMarked;
