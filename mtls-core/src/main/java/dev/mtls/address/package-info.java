/**
 * Where a peer connects from: single networks, and large sets of them.
 */
@NullMarked
package dev.mtls.address;

import org.jspecify.annotations.NullMarked;
