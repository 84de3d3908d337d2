/**
 * What proxies say about the client, in reactive applications.
 */
@NullMarked
package dev.mtls.boot.forwarded.reactive;

import org.jspecify.annotations.NullMarked;
