/**
 * Encrypted channels that send and receive whole messages.
 */
@NullMarked
package dev.mtls.tcp.channel;

import org.jspecify.annotations.NullMarked;
