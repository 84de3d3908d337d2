/**
 * {@link javax.net.ssl.SSLContext}s that follow what changes, and what they may
 * negotiate.
 */
@NullMarked
package dev.mtls.tls;

import org.jspecify.annotations.NullMarked;
