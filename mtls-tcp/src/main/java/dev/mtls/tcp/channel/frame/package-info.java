/**
 * Messages as frames, and the key exchange of the compatible protocol, apart from how
 * their bytes are sent.
 */
@NullMarked
package dev.mtls.tcp.channel.frame;

import org.jspecify.annotations.NullMarked;
