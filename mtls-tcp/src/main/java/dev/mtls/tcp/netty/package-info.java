/**
 * A gate in the pipelines of Netty, on the side of the server and on that of the client.
 */
@NullMarked
package dev.mtls.tcp.netty;

import org.jspecify.annotations.NullMarked;
