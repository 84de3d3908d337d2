/**
 * The HTTP client of the JDK, fitted to a client's gate.
 */
@NullMarked
package dev.mtls.boot.client.jdk;

import org.jspecify.annotations.NullMarked;
