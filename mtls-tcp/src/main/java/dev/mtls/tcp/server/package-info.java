/**
 * Reactive TCP servers behind a gate.
 */
@NullMarked
package dev.mtls.tcp.server;

import org.jspecify.annotations.NullMarked;
