/**
 * Apache HttpComponents, classic and asynchronous, behind a client's gate.
 */
@NullMarked
package dev.mtls.boot.client.httpcomponents;

import org.jspecify.annotations.NullMarked;
