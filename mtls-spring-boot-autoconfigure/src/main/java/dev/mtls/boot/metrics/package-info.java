/**
 * Metrics of connections, for Micrometer.
 */
@NullMarked
package dev.mtls.boot.metrics;

import org.jspecify.annotations.NullMarked;
