package dev.mtls.tcp.channel;

import java.io.IOException;
import java.net.Socket;
import java.util.List;

import javax.net.ssl.SSLContext;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import reactor.core.publisher.Flux;

import dev.mtls.tcp.PlainServer;
import dev.mtls.tcp.Site;
import dev.mtls.tcp.server.TcpListener;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests with a peer that implements the compatible protocol independently.
 */
@Timeout(60)
class ChannelInteroperabilityTests {

	private static final List<String> MESSAGES = List.of("first", "", "x".repeat(100_000), "last");

	private final Channels channels = new Channels();

	@AfterEach
	void close() {
		this.channels.close();
	}

	@ParameterizedTest
	@EnumSource(names = "SECURE", mode = EnumSource.Mode.EXCLUDE)
	void serverTalksToForeignClient(Way way) throws IOException {
		TcpListener listener = this.channels.listen(way,
				(channel) -> channel.send(this.channels.kept(channel)).then(channel.send(Channels.bytes("bye"))));
		try (RawPeer peer = this.channels.raw(way, listener)) {
			for (String message : MESSAGES) {
				peer.send(message);
				assertThat(peer.receive()).isEqualTo(message);
				assertThat(this.channels.received()).isEqualTo(message);
			}
			peer.sendRaw(new byte[4]);
			assertThat(this.channels.received()).isEqualTo("complete");
			assertThat(peer.receive()).isEqualTo("bye");
			assertThat(peer.receive()).isEqualTo("closed");
			peer.countUntilEnd();
		}
		Site.await(() -> listener.connections() == 0);
	}

	@ParameterizedTest
	@EnumSource(names = "SECURE", mode = EnumSource.Mode.EXCLUDE)
	void serverTakesBytesOneByOne(Way way) throws IOException {
		TcpListener listener = this.channels.listen(way, this.channels::keep);
		try (RawPeer peer = this.channels.raw(way, listener)) {
			for (byte one : peer.frame("in pieces")) {
				peer.sendRaw(new byte[] { one });
			}
			assertThat(this.channels.received()).isEqualTo("in pieces");
			peer.sendRaw(new byte[4]);
			assertThat(this.channels.received()).isEqualTo("complete");
		}
	}

	@ParameterizedTest
	@EnumSource(names = "SECURE", mode = EnumSource.Mode.EXCLUDE)
	void clientTalksToForeignServer(Way way) {
		try (PlainServer server = foreignServer(way)) {
			MessageChannel channel = this.channels.connect(this.channels.client(way, server.port()));
			Site.end(channel.send(Flux.fromIterable(MESSAGES).map(Channels::bytes)));
			assertThat(Site.get(channel.receive().map(Channels::text).take(MESSAGES.size()).collectList()))
				.isEqualTo(MESSAGES);
			assertThat(Channels.exchange(channel, "end")).isEqualTo("end");
			assertThat(Site.get(channel.receive().count())).isZero();
		}
	}

	private PlainServer foreignServer(Way way) {
		if (!way.hasTls()) {
			return PlainServer.start(ChannelInteroperabilityTests::echo);
		}
		SSLContext context = this.channels.site().authority().server().sslContext(this.channels.site().authority());
		return PlainServer.start(context, ChannelInteroperabilityTests::echo);
	}

	private static void echo(Socket socket) throws IOException {
		ForeignPeer peer = ForeignPeer.server(socket.getInputStream(), socket.getOutputStream());
		for (byte[] message = peer.receive(); message != null; message = peer.receive()) {
			peer.send(message);
			if (Channels.text(message).equals("end")) {
				peer.close();
			}
		}
	}

}
