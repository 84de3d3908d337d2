/**
 * Limits on the requests that are made with one certificate.
 */
@NullMarked
package dev.mtls.boot.limit;

import org.jspecify.annotations.NullMarked;
