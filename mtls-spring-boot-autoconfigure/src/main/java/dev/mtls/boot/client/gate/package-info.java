/**
 * What a client's gate gives to the HTTP libraries.
 */
@NullMarked
package dev.mtls.boot.client.gate;

import org.jspecify.annotations.NullMarked;
