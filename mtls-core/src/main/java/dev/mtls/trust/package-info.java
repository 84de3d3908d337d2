/**
 * Trust in a peer: a presented chain becomes a verified path, and that a verified peer,
 * or a denial.
 */
@NullMarked
package dev.mtls.trust;

import org.jspecify.annotations.NullMarked;
