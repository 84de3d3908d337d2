/**
 * What an OpenAPI document says about client certificates.
 */
@NullMarked
package dev.mtls.boot.openapi;

import org.jspecify.annotations.NullMarked;
