/**
 * A small certificate authority: issues certificates, revokes them, and writes them to
 * files.
 */
@NullMarked
package dev.mtls.authority;

import org.jspecify.annotations.NullMarked;
