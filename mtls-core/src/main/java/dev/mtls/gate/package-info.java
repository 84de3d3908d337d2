/**
 * The front door: owns the snapshot and its reload, and decides on every address and
 * peer.
 */
@NullMarked
package dev.mtls.gate;

import org.jspecify.annotations.NullMarked;
