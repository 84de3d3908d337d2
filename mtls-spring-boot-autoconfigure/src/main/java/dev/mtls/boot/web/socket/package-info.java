/**
 * The peer in WebSockets of servlet applications.
 */
@NullMarked
package dev.mtls.boot.web.socket;

import org.jspecify.annotations.NullMarked;
