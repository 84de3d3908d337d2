package dev.mtls.gate;

import java.io.IOException;
import java.util.stream.Stream;

import javax.net.ssl.SSLHandshakeException;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import dev.mtls.decision.Decision;
import dev.mtls.decision.Reason;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link HandshakeFailure}. What a TLS stack really throws is in
 * {@link GateHandshakeTests}.
 */
class HandshakeFailureTests {

	@ParameterizedTest
	@MethodSource
	void denialForReturnsReasonAndDetail(@Nullable Throwable failure, Reason reason, String detail) {
		assertThat(HandshakeFailure.denialFor(failure)).isEqualTo(new Decision.Deny(reason, detail));
	}

	static Stream<Arguments> denialForReturnsReasonAndDetail() {
		return Stream.of(Arguments.of(null, Reason.HANDSHAKE_FAILED, "the peer went away during the handshake"),
				Arguments.of(new SSLHandshakeException("no cipher suites in common"), Reason.HANDSHAKE_FAILED,
						"no cipher suites in common"),
				Arguments.of(new IOException(), Reason.HANDSHAKE_FAILED, "IOException"),
				Arguments.of(new IOException("Empty client certificate chain"), Reason.CERTIFICATE_MISSING,
						"the peer presented no certificate"),
				Arguments.of(new IOException("wrapped", new SSLHandshakeException("Empty client certificate chain")),
						Reason.CERTIFICATE_MISSING, "the peer presented no certificate"),
				Arguments.of(
						new IOException("wrapped",
								new SSLHandshakeException(
										"error:1000012e:SSL routines:OPENSSL_internal:KEY_USAGE_BIT_INCORRECT")),
						Reason.KEY_USAGE_WRONG, "the key usage lacks digitalSignature"));
	}

}
