package dev.mtls.gate;

import java.net.URI;
import java.time.Duration;
import java.time.Instant;

import org.jspecify.annotations.Nullable;

/**
 * How an OCSP responder did when it was last asked about a certificate of a peer.
 *
 * @param responder the responder
 * @param asked when it answered, or was given up
 * @param took how long that took
 * @param problem why there was no answer that can be used, printable, or {@code null} if
 * there was one
 */
public record OcspResponderStatus(URI responder, Instant asked, Duration took, @Nullable String problem) {

}
