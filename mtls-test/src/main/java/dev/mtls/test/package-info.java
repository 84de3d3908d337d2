/**
 * Test kit: authorities and certificates, right and wrong ones, made in memory.
 */
@NullMarked
package dev.mtls.test;

import org.jspecify.annotations.NullMarked;
