package dev.mtls.event;

import java.time.Duration;

import org.jspecify.annotations.Nullable;

/**
 * The TLS session of a connection whose handshake is complete.
 *
 * @param protocol the protocol, such as {@code TLSv1.3}
 * @param cipherSuite the cipher suite by its name in TLS, such as
 * {@code TLS_AES_256_GCM_SHA384}
 * @param resumed whether the handshake resumed an earlier session, or {@code null} where
 * that is not known because the peer has no certificate
 * @param handshakeTime how long the handshake took from the connection on, or
 * {@code null} where nobody measured
 */
public record TlsSession(String protocol, String cipherSuite, @Nullable Boolean resumed,
		@Nullable Duration handshakeTime) {

}
