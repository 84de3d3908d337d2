/**
 * Connections behind a gate, as servers and clients of TCP hand them to their users.
 */
@NullMarked
package dev.mtls.tcp;

import org.jspecify.annotations.NullMarked;
