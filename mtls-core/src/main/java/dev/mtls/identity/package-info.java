/**
 * Identity: what a certificate says about its holder, and the patterns that match it.
 */
@NullMarked
package dev.mtls.identity;

import org.jspecify.annotations.NullMarked;
