/**
 * Start-up failures told as place, problem and fix.
 */
@NullMarked
package dev.mtls.boot.diagnostics;

import org.jspecify.annotations.NullMarked;
