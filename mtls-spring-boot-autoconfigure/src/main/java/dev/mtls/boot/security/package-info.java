/**
 * The peer in Spring Security.
 */
@NullMarked
package dev.mtls.boot.security;

import org.jspecify.annotations.NullMarked;
