/**
 * What operators see: health, the endpoint, and the report at the start.
 */
@NullMarked
package dev.mtls.boot.actuate;

import org.jspecify.annotations.NullMarked;
