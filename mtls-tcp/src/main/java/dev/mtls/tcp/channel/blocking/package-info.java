/**
 * Channels of whole messages over streams, for threads that may block.
 */
@NullMarked
package dev.mtls.tcp.channel.blocking;

import org.jspecify.annotations.NullMarked;
