/**
 * What proxies say about the client, in servlet applications.
 */
@NullMarked
package dev.mtls.boot.forwarded.servlet;

import org.jspecify.annotations.NullMarked;
