/**
 * The peer in Spring WebFlux.
 */
@NullMarked
package dev.mtls.boot.web.reactive;

import org.jspecify.annotations.NullMarked;
