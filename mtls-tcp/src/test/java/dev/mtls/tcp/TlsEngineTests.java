package dev.mtls.tcp;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import dev.mtls.tcp.server.TcpListener;

import static org.assertj.core.api.Assertions.assertThat;

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

	@Test
	void serverAndClientUseWhatThereIs() {
		TcpListener listener = this.site.echo(TlsEngine.preferred());
		TcpConnection connection = Site.get(this.site.client(listener, "orders.example.com").connect());
		assertThat(Site.exchange(connection, "hello")).isEqualTo("hello");
		connection.close();
	}

}
