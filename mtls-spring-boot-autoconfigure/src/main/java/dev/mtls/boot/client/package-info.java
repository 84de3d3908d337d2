/**
 * HTTP clients that present the application's certificate and verify the server.
 */
@NullMarked
package dev.mtls.boot.client;

import org.jspecify.annotations.NullMarked;
