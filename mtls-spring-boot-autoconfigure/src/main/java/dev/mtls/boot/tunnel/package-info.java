/**
 * Tunnels that start and stop with the application, and the log of their sessions.
 */
@NullMarked
package dev.mtls.boot.tunnel;

import org.jspecify.annotations.NullMarked;
