package dev.mtls.tcp.channel;

import java.io.IOException;
import java.net.Socket;
import java.time.Duration;

import dev.mtls.tcp.PlainClient;
import dev.mtls.tcp.Site;
import dev.mtls.tcp.server.TcpListener;

/**
 * A process of a server without certificates, a client that connects twice, one that says
 * nothing, and one that speaks something else.
 */
public final class LoggedPeers {

	private LoggedPeers() {
	}

	public static void main(String[] args) throws IOException {
		TcpListener listener = UnauthenticatedChannel.create()
			.keyExchangeTimeout(Duration.ofSeconds(3))
			.server(Channels.tcpServer())
			.handle((channel) -> channel.send(channel.receive()))
			.bindNow();
		MessageClient client = UnauthenticatedChannel.create().client(Channels.tcpClient(listener.port()));
		for (int i = 0; i < 2; i++) {
			MessageChannel channel = Site.get(client.connect());
			Channels.exchange(channel, "ping");
			channel.close();
		}
		try (Socket silent = PlainClient.connect(listener.port());
				Socket other = PlainClient.connect(listener.port())) {
			other.getOutputStream().write(new byte[100]);
			PlainClient.countUntilEnd(other);
			PlainClient.countUntilEnd(silent);
		}
		Site.end(listener.close(Duration.ZERO));
	}

}
