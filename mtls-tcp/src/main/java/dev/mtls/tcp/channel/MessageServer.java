package dev.mtls.tcp.channel;

import java.time.Duration;
import java.util.function.Function;

import org.reactivestreams.Publisher;
import reactor.core.publisher.Mono;

import dev.mtls.decision.MtlsException;
import dev.mtls.tcp.server.TcpListener;

/**
 * A server of channels, made by {@link SecureChannel} or {@link UnauthenticatedChannel}.
 * <p>
 * Immutable: each method returns another server. Safe for use by any number of threads.
 */
public final class MessageServer {

	private final Transport transport;

	private final ChannelSettings settings;

	private final MessageHandler handler;

	MessageServer(Transport transport, ChannelSettings settings) {
		this(transport, settings, (channel) -> Mono.empty());
	}

	private MessageServer(Transport transport, ChannelSettings settings, MessageHandler handler) {
		this.transport = transport;
		this.settings = settings;
		this.handler = handler;
	}

	/**
	 * Handle channels.
	 * @param handler the handler, called on the event loop of each connection
	 * @return another server
	 */
	public MessageServer handle(MessageHandler handler) {
		return new MessageServer(this.transport, this.settings, handler);
	}

	/**
	 * Bound the size of messages in both directions, and with it the memory that a peer
	 * can take up.
	 * @param maxMessageSize the size of the longest message in bytes, 16 MiB if not set
	 * @return another server
	 * @throws IllegalArgumentException if it is not positive, or more than 1 GiB
	 */
	public MessageServer maxMessageSize(int maxMessageSize) {
		return new MessageServer(this.transport, this.settings.withMaxMessageSize(maxMessageSize), this.handler);
	}

	/**
	 * Exchange keys and encrypt messages inside TLS as well, for clients that speak the
	 * protocol of an {@link UnauthenticatedChannel}, whose servers always do. Here the
	 * certificates say who the client is.
	 * @return another server
	 */
	public MessageServer withKeyExchange() {
		return new MessageServer(this.transport, this.settings.withKeyExchange(), this.handler);
	}

	/**
	 * Begin to listen.
	 * @return the listener, or an {@link MtlsException} that says why there is none
	 */
	public Mono<TcpListener> bind() {
		return this.transport.bind((link) -> this.settings.accept(link).flatMap(this::handle));
	}

	/**
	 * Begin to listen, and wait for it.
	 * @return the listener
	 * @throws MtlsException as {@link #bind()} tells it
	 */
	public TcpListener bindNow() {
		TcpListener listener = bind().block(Duration.ofSeconds(45));
		if (listener == null) {
			throw new IllegalStateException("There is no listener");
		}
		return listener;
	}

	private Mono<Void> handle(MessageChannel channel) {
		return Mono.defer(() -> Mono.fromDirect(this.handler.handle(channel))).then(channel.closed());
	}

	/**
	 * Listens for connections.
	 */
	@FunctionalInterface
	interface Transport {

		/**
		 * Begin to listen.
		 * @param handler handles each connection, which is closed when that completes,
		 * and reset when it fails
		 * @return the listener
		 */
		Mono<TcpListener> bind(Function<Link, Publisher<Void>> handler);

	}

}
