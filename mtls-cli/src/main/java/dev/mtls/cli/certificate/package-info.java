/**
 * Commands that make, show, check, renew and revoke certificates.
 */
@NullMarked
package dev.mtls.cli.certificate;

import org.jspecify.annotations.NullMarked;
