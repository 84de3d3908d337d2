/**
 * The audit log.
 */
@NullMarked
package dev.mtls.boot.audit;

import org.jspecify.annotations.NullMarked;
