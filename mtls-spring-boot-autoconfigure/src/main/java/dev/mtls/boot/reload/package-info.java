/**
 * Looks for changes of material and rules while the application runs.
 */
@NullMarked
package dev.mtls.boot.reload;

import org.jspecify.annotations.NullMarked;
