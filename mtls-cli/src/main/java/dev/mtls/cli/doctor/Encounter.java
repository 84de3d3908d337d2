package dev.mtls.cli.doctor;

import java.security.cert.X509Certificate;
import java.util.List;

import org.jspecify.annotations.Nullable;

/**
 * What was seen of a TLS connection.
 *
 * @param chain the server's chain, empty if it presented none
 * @param protocol the protocol, empty if none was agreed on
 * @param cipherSuite the cipher suite, empty if none was agreed on
 * @param demand what client certificate the server asked for, or {@code null} if none
 * @param resumed whether a session was resumed
 * @param failure how it failed in the handshake or after it, or {@code null} if it did
 * not
 */
record Encounter(List<X509Certificate> chain, String protocol, String cipherSuite, @Nullable CertificateDemand demand,
		boolean resumed, @Nullable Failure failure) {

	Encounter {
		chain = List.copyOf(chain);
	}

}
