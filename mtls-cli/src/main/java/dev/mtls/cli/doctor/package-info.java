/**
 * Walks a TLS connection step by step, and says what is wrong with it and how to mend it.
 */
@NullMarked
package dev.mtls.cli.doctor;

import org.jspecify.annotations.NullMarked;
