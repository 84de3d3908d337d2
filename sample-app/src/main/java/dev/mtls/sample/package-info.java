/**
 * What a user would write.
 */
@NullMarked
package dev.mtls.sample;

import org.jspecify.annotations.NullMarked;
