/**
 * Security providers of PKCS#11 tokens.
 */
@NullMarked
package dev.mtls.boot.token;

import org.jspecify.annotations.NullMarked;
