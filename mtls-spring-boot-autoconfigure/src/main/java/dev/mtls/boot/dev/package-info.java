/**
 * Certificates for development, made on the first start.
 */
@NullMarked
package dev.mtls.boot.dev;

import org.jspecify.annotations.NullMarked;
