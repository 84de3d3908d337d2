/**
 * Tests of Spring Boot applications with mutual TLS: certificates made for a test, and
 * clients that get in or do not.
 */
@NullMarked
package dev.mtls.boot.test;

import org.jspecify.annotations.NullMarked;
