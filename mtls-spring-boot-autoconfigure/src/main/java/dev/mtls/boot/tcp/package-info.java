/**
 * TCP servers that start and stop with the application, and the beans that handle their
 * connections.
 */
@NullMarked
package dev.mtls.boot.tcp;

import org.jspecify.annotations.NullMarked;
