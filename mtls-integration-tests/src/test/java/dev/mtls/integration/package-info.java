/**
 * The whole seen from outside: servers by their sockets, the sample by its process.
 */
@NullMarked
package dev.mtls.integration;

import org.jspecify.annotations.NullMarked;
