/**
 * The answers: what was decided about a peer, and why.
 */
@NullMarked
package dev.mtls.decision;

import org.jspecify.annotations.NullMarked;
