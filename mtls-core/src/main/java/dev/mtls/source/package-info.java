/**
 * Bytes from a location, and whether their content has changed.
 */
@NullMarked
package dev.mtls.source;

import org.jspecify.annotations.NullMarked;
