/**
 * What happened: every admission, refusal and reload as one value, and who is told.
 */
@NullMarked
package dev.mtls.event;

import org.jspecify.annotations.NullMarked;
