/**
 * RSocket behind the gate, and the peer in the messages that it sends.
 */
@NullMarked
package dev.mtls.boot.rsocket;

import org.jspecify.annotations.NullMarked;
