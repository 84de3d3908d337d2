/**
 * CRLs and OCSP answers: what they say of a certificate, and until when.
 */
@NullMarked
package dev.mtls.revocation;

import org.jspecify.annotations.NullMarked;
