/**
 * The examples of {@code docs/tcp.md}.
 */
@NullMarked
package dev.mtls.tcp.example;

import org.jspecify.annotations.NullMarked;
