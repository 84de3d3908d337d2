/**
 * The {@code mtls} command: certificates, revocation, and what is wrong with a
 * connection.
 */
@NullMarked
package dev.mtls.cli;

import org.jspecify.annotations.NullMarked;
