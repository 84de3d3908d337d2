/**
 * Private key, certificate chain and trust anchors as immutable values, parsed and
 * checked.
 */
@NullMarked
package dev.mtls.material;

import org.jspecify.annotations.NullMarked;
