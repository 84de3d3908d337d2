/**
 * Blocking mTLS listeners and connections, and the factories of the JDK, for users who
 * want no framework.
 */
@NullMarked
package dev.mtls.socket;

import org.jspecify.annotations.NullMarked;
