/**
 * What a proxy says about the client behind it, and who is believed.
 */
@NullMarked
package dev.mtls.boot.forwarded;

import org.jspecify.annotations.NullMarked;
