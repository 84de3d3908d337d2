/**
 * Reactive TCP clients behind a gate.
 */
@NullMarked
package dev.mtls.tcp.client;

import org.jspecify.annotations.NullMarked;
