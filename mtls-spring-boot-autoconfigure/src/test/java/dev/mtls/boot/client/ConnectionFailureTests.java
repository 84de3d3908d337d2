package dev.mtls.boot.client;

import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.UnknownHostException;
import java.nio.channels.UnresolvedAddressException;
import java.nio.file.Path;
import java.util.stream.Stream;

import javax.net.ssl.SSLException;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import dev.mtls.boot.client.gate.ClientGeneration;
import dev.mtls.decision.Decision;
import dev.mtls.decision.MtlsException;
import dev.mtls.decision.Reason;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link ConnectionFailure}.
 */
class ConnectionFailureTests {

	private static final URI SERVER = URI.create("https://api.example.com/orders");

	@TempDir
	private Path directory;

	private ClientGate client;

	@BeforeEach
	void open() {
		this.client = new ClientGate(this.directory);
	}

	@AfterEach
	void close() {
		this.client.close();
	}

	@ParameterizedTest
	@MethodSource
	void failureIsExplained(Throwable failure, Reason reason, String problem) {
		explain(failure);
		assertThat(ConnectionFailure.reasonOf(failure)).isNotNull().satisfies((explained) -> {
			assertThat(explained.reason()).isEqualTo(reason);
			assertThat(explained.place()).isEqualTo("api.example.com:443");
			assertThat(explained.problem()).isEqualTo(problem);
		});
	}

	static Stream<Arguments> failureIsExplained() {
		return Stream.of(
				// As the JDK's client tells of a host that it cannot resolve
				Arguments.of(
						new ConnectException()
							.initCause(new ConnectException().initCause(new UnresolvedAddressException())),
						Reason.HOST_UNRESOLVED, "refused, because the host could not be resolved"),
				Arguments.of(new IOException(new UnknownHostException("api.example.com")), Reason.HOST_UNRESOLVED,
						"refused, because the host could not be resolved: api.example.com"),
				// As Reactor Netty's does, with an exception that is shared
				Arguments.of(new IOException(new UnknownHostException("api.example.com").initCause(new Shared())),
						Reason.HOST_UNRESOLVED, "refused, because the host could not be resolved: api.example.com"),
				Arguments.of(new ConnectException(), Reason.CONNECT_FAILED,
						"refused, because the connection could not be made"),
				Arguments.of(new IOException(new ConnectException("Connection refused")), Reason.CONNECT_FAILED,
						"refused, because the connection could not be made: Connection refused"),
				Arguments.of(new IOException(new SSLException("no cipher suites in common")), Reason.HANDSHAKE_FAILED,
						"refused, because TLS failed: no cipher suites in common"));
	}

	@Test
	void exceptionThatIsSharedIsLeftAlone() {
		Shared shared = new Shared();
		explain(new UnknownHostException("api.example.com").initCause(shared));
		assertThat(shared.getCause()).isNull();
		assertThat(shared.getSuppressed()).isEmpty();
	}

	@Test
	void failureOfTheApplicationIsLeftAlone() {
		IOException failure = new IOException("the body has the wrong length");
		explain(failure);
		assertThat(failure).hasNoCause().hasNoSuppressedExceptions();
	}

	@Test
	void failureThatIsExplainedIsLeftAlone() {
		ConnectException failure = new ConnectException();
		MtlsException reason = MtlsException.refused("elsewhere", new Decision.Deny(Reason.KILL_SWITCH, ""));
		failure.initCause(reason);
		explain(failure);
		assertThat(ConnectionFailure.reasonOf(failure)).isSameAs(reason);
		assertThat(reason).hasNoCause().hasNoSuppressedExceptions();
	}

	private void explain(Throwable failure) {
		ConnectionFailure.explain(failure, SERVER, new ClientGeneration(this.client.gate()));
	}

	/**
	 * An exception that takes neither a cause nor what is suppressed.
	 */
	private static final class Shared extends RuntimeException {

		private static final long serialVersionUID = 1L;

		Shared() {
			super("NXDOMAIN", null, false, false);
		}

	}

}
