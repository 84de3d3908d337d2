/**
 * Pools of connections that a client makes.
 */
@NullMarked
package dev.mtls.tcp.pool;

import org.jspecify.annotations.NullMarked;
