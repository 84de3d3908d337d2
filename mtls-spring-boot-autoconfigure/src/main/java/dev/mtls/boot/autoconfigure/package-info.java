/**
 * Wiring of mutual TLS into Spring Boot, and nothing but wiring.
 */
@NullMarked
package dev.mtls.boot.autoconfigure;

import org.jspecify.annotations.NullMarked;
