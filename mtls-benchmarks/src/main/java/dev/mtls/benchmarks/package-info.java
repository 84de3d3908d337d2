/**
 * What the parts and the whole cost, measured.
 */
@NullMarked
package dev.mtls.benchmarks;

import org.jspecify.annotations.NullMarked;
