package dev.mtls.tcp;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import reactor.core.publisher.Mono;
import reactor.netty.ByteBufFlux;

import dev.mtls.tcp.server.MtlsTcpServer;
import dev.mtls.tcp.server.TcpListener;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for a {@link MtlsTcpServer} and its clients that are admitted.
 */
class EchoTests {

	private final Site site = new Site();

	@AfterEach
	void close() {
		this.site.close();
	}

	@ParameterizedTest
	@EnumSource
	void inputEndsWhenPeerClosesOutputAndAnswerGoesOn(TlsEngine engine) {
		TcpListener listener = this.site.listen(MtlsTcpServer.create(this.site.serverGate())
			.engine(engine)
			.handle((connection) -> connection.receive()
				.aggregate()
				.asString()
				.flatMap((text) -> connection
					.send(ByteBufFlux.fromString(Mono.just(text + " of " + Site.peer(connection)))))));
		TcpConnection connection = Site.get(this.site.client(listener, "orders.example.com").engine(engine).connect());
		Site.end(connection.send(ByteBufFlux.fromString(Mono.just("hello"))));
		Site.end(connection.closeOutput());
		String answer = Site.get(connection.receive().aggregate().asString());
		assertThat(answer).isEqualTo("hello of orders.example.com");
		assertThat(Site.peer(connection)).isEqualTo("localhost");
		Site.end(connection.onClose());
	}

}
