package dev.mtls.tcp.channel;

import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

import javax.net.ssl.SSLSocket;

import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.netty.tcp.TcpClient;
import reactor.netty.tcp.TcpServer;

import dev.mtls.tcp.PlainClient;
import dev.mtls.tcp.Site;
import dev.mtls.tcp.client.MtlsTcpClient;
import dev.mtls.tcp.server.MtlsTcpServer;
import dev.mtls.tcp.server.TcpListener;

/**
 * Servers and clients of channels of each way, and what a server of them receives.
 */
final class Channels implements AutoCloseable {

	static final String CLIENT = "orders.example.com";

	private final Site site = new Site();

	private final List<TcpListener> listeners = new ArrayList<>();

	private final List<MessageChannel> connected = new ArrayList<>();

	private final BlockingQueue<String> received = new LinkedBlockingQueue<>();

	Site site() {
		return this.site;
	}

	MessageServer server(Way way) {
		return server(way, 0);
	}

	MessageServer server(Way way, int port) {
		if (!way.hasTls()) {
			return UnauthenticatedChannel.create().server(tcpServer().port(port));
		}
		MessageServer server = SecureChannel
			.server(MtlsTcpServer.create(this.site.serverGate()).host("127.0.0.1").port(port));
		return way.exchangesKeys() ? server.withKeyExchange() : server;
	}

	TcpListener listen(MessageServer server) {
		TcpListener listener = server.bindNow();
		this.listeners.add(listener);
		return listener;
	}

	TcpListener listen(Way way, MessageHandler handler) {
		return listen(server(way).handle(handler));
	}

	TcpListener echo(Way way) {
		return listen(way, (channel) -> channel.send(channel.receive()));
	}

	/**
	 * A handler that keeps what is received as text, and how that ends.
	 * @param channel the channel
	 * @return completes when the peer closes
	 */
	Mono<Void> keep(MessageChannel channel) {
		return kept(channel).then();
	}

	/**
	 * What is received, which is {@linkplain #keep kept} as well.
	 * @param channel the channel
	 * @return the messages
	 */
	Flux<byte[]> kept(MessageChannel channel) {
		return channel.receive()
			.doOnNext((message) -> this.received.add(text(message)))
			.doOnComplete(() -> this.received.add("complete"))
			.doOnError((failure) -> this.received.add(failure.toString()));
	}

	boolean hasReceived() {
		return !this.received.isEmpty();
	}

	/**
	 * The next that was {@linkplain #keep kept}.
	 * @return the message, {@code complete}, or the failure
	 */
	String received() {
		try {
			String next = this.received.poll(10, TimeUnit.SECONDS);
			return (next != null) ? next : "nothing";
		}
		catch (InterruptedException ex) {
			throw new IllegalStateException(ex);
		}
	}

	MessageClient client(Way way, TcpListener listener) {
		return client(way, listener.port());
	}

	MessageClient client(Way way, int port) {
		if (!way.hasTls()) {
			return UnauthenticatedChannel.create().client(tcpClient(port));
		}
		MessageClient client = SecureChannel
			.client(MtlsTcpClient.create(this.site.clientGate(CLIENT)).host("localhost").port(port));
		return way.exchangesKeys() ? client.withKeyExchange() : client;
	}

	MessageChannel connect(Way way, TcpListener listener) {
		return connect(client(way, listener));
	}

	/**
	 * Connect.
	 * @param client the client
	 * @return a channel that is reset at the end of the test
	 */
	MessageChannel connect(MessageClient client) {
		MessageChannel channel = Site.get(client.connect());
		this.connected.add(channel);
		return channel;
	}

	/**
	 * Connect a peer of another implementation.
	 * @param way the way
	 * @param listener the server
	 * @return the peer
	 * @throws IOException if it fails
	 */
	RawPeer raw(Way way, TcpListener listener) throws IOException {
		Socket below = PlainClient.connect(listener.port());
		Socket socket = below;
		if (way.hasTls()) {
			SSLSocket tls = PlainClient.tls(this.site.authority().client(CLIENT).sslContext(this.site.authority()),
					below);
			tls.startHandshake();
			socket = tls;
		}
		ForeignPeer foreign = way.exchangesKeys()
				? ForeignPeer.client(socket.getInputStream(), socket.getOutputStream()) : null;
		return new RawPeer(below, socket, foreign);
	}

	@Override
	public void close() {
		this.connected.forEach(MessageChannel::reset);
		this.listeners.forEach((listener) -> Site.end(listener.close(Duration.ZERO)));
		this.site.close();
	}

	static TcpServer tcpServer() {
		return TcpServer.create().host("127.0.0.1").port(0);
	}

	static TcpClient tcpClient(int port) {
		return TcpClient.create().host("127.0.0.1").port(port);
	}

	static byte[] bytes(String text) {
		return text.getBytes(StandardCharsets.UTF_8);
	}

	static String text(byte[] message) {
		return new String(message, StandardCharsets.UTF_8);
	}

	/**
	 * Send a text and wait for the next message, 10 seconds at most.
	 * @param channel the channel
	 * @param text the text
	 * @return the message
	 */
	static String exchange(MessageChannel channel, String text) {
		return Site.get(channel.send(bytes(text)).then(channel.receive().next()).map(Channels::text));
	}

}
