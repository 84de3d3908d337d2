/**
 * A gate's material as Spring Boot SSL bundles that follow every change.
 */
@NullMarked
package dev.mtls.boot.bundle;

import org.jspecify.annotations.NullMarked;
