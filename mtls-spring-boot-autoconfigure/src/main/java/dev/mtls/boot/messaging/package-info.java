/**
 * The peer of a WebSocket in the messages that it sends.
 */
@NullMarked
package dev.mtls.boot.messaging;

import org.jspecify.annotations.NullMarked;
