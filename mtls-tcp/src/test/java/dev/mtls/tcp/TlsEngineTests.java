package dev.mtls.tcp;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import dev.mtls.decision.MtlsException;
import dev.mtls.decision.Reason;
import dev.mtls.tcp.server.MtlsTcpServer;
import dev.mtls.tcp.server.TcpListener;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for {@link TlsEngine}. They run with netty-tcnative on the class path, and again
 * without it.
 */
class TlsEngineTests {

	private final Site site = new Site();

	@AfterEach
	void close() {
		this.site.close();
	}

	@Test
	void preferredIsNativeWhereItIsOnTheClassPath() {
		assertThat(TlsEngine.preferred())
			.isEqualTo(TlsEngine.valueOf(System.getProperty("mtls.test.engine", "NATIVE")));
	}

	@ParameterizedTest
	@EnumSource
	void engineThatIsNotThereIsRefused(TlsEngine engine) {
		MtlsTcpServer server = MtlsTcpServer.create(this.site.serverGate());
		if (engine == TlsEngine.NATIVE && TlsEngine.preferred() == TlsEngine.JDK) {
			assertThatExceptionOfType(MtlsException.class).isThrownBy(() -> server.engine(engine))
				.extracting(MtlsException::reason)
				.isEqualTo(Reason.ENGINE_UNSUPPORTED);
		}
		else {
			assertThat(server.engine(engine)).isNotNull();
		}
	}

	@Test
	void serverAndClientUseWhatThereIs() {
		TcpListener listener = this.site.echo(TlsEngine.preferred());
		TcpConnection connection = Site.get(this.site.client(listener, "orders.example.com").connect());
		assertThat(Site.exchange(connection, "hello")).isEqualTo("hello");
		connection.close();
	}

}
