/**
 * Jetty's HTTP client behind a client's gate.
 */
@NullMarked
package dev.mtls.boot.client.jetty;

import org.jspecify.annotations.NullMarked;
