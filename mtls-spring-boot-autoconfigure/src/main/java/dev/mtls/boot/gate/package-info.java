/**
 * What keeps the gates going while the application runs, and what may change them.
 */
@NullMarked
package dev.mtls.boot.gate;

import org.jspecify.annotations.NullMarked;
