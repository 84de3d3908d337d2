package dev.mtls.tcp.channel;

import java.net.SocketTimeoutException;
import java.time.Duration;

import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

import dev.mtls.decision.MtlsException;
import dev.mtls.decision.Reason;
import dev.mtls.tcp.channel.frame.ChannelException;
import dev.mtls.tcp.client.Backoff;
import dev.mtls.tcp.client.ConnectFailure;
import dev.mtls.tcp.client.Reconnection;

/**
 * A client of channels, made by {@link SecureChannel} or {@link UnauthenticatedChannel}.
 * <p>
 * Immutable: each method returns another client. Safe for use by any number of threads.
 */
public final class MessageClient {

	static final Backoff WAITS = Backoff.fixed(Duration.ofSeconds(5));

	private final Transport transport;

	private final ChannelSettings settings;

	private final @Nullable Backoff backoff;

	MessageClient(Transport transport, ChannelSettings settings) {
		this(transport, settings, null);
	}

	private MessageClient(Transport transport, ChannelSettings settings, @Nullable Backoff backoff) {
		this.transport = transport;
		this.settings = settings;
		this.backoff = backoff;
	}

	/**
	 * Bound the size of messages in both directions.
	 * @param maxMessageSize the size of the longest message in bytes, 16 MiB if not set
	 * @return another client
	 * @throws IllegalArgumentException if it is not positive, or more than 1 GiB
	 */
	public MessageClient maxMessageSize(int maxMessageSize) {
		return new MessageClient(this.transport, this.settings.withMaxMessageSize(maxMessageSize), this.backoff);
	}

	/**
	 * Exchange keys and encrypt messages inside TLS as well, for servers that speak the
	 * protocol of an {@link UnauthenticatedChannel}, whose clients always do. Here the
	 * certificates say who the server is.
	 * @return another client
	 */
	public MessageClient withKeyExchange() {
		return new MessageClient(this.transport, this.settings.withKeyExchange(), this.backoff);
	}

	/**
	 * Try again when a connection cannot be made and the failure is
	 * {@linkplain MtlsException#isRecoverable() recoverable}.
	 * @param backoff how long to wait in between; a client that is not told does not try
	 * again, unless it is to stay connected
	 * @return another client
	 */
	public MessageClient retry(Backoff backoff) {
		return new MessageClient(this.transport, this.settings, backoff);
	}

	/**
	 * Connect.
	 * @return the channel, whose user has to close it, or an {@link MtlsException}
	 */
	public Mono<MessageChannel> connect() {
		Mono<MessageChannel> connected = connectOnce();
		return (this.backoff != null) ? connected.retryWhen(this.backoff.retryConnect()) : connected;
	}

	/**
	 * Connect, and connect again whenever the channel ends or cannot be opened, until the
	 * subscription is cancelled. The wait between two attempts is that of
	 * {@link #retry(Backoff)}, or five seconds. It begins anew after a channel on which
	 * the server sent anything, or that stood for a second.
	 * @param handler handles each channel, which is closed when that completes. It has to
	 * receive, because that is how the end of a connection is noticed
	 * @return never completes; fails with the last failure when there are no attempts
	 * left, or at once if the configuration is wrong
	 */
	public Mono<Void> stayConnected(MessageHandler handler) {
		Reconnection<MessageChannel> reconnection = new Reconnection<>(this.transport.name(),
				(this.backoff != null) ? this.backoff : WAITS, MessageChannel::hasReceived, MessageChannel::closed);
		return reconnection.stay(connectOnce(),
				(channel) -> Mono.fromDirect(handler.handle(channel)).takeUntilOther(channel.onClose()));
	}

	@Override
	public String toString() {
		return "MessageClient[%s]".formatted(this.transport.name());
	}

	private Mono<MessageChannel> connectOnce() {
		return this.transport.connect().flatMap(this.settings::connect).onErrorMap(this::failure);
	}

	private Throwable failure(Throwable failure) {
		if (failure instanceof SocketTimeoutException) {
			return new MtlsException(Reason.HANDSHAKE_TIMEOUT, this.transport.name(),
					"the server has not answered the key exchange in time", Reason.HANDSHAKE_TIMEOUT.fix(), failure);
		}
		return (failure instanceof ChannelException)
				? new MtlsException(Reason.HANDSHAKE_FAILED, this.transport.name(),
						"the key exchange failed: " + failure.getMessage(),
						"check that the server speaks the protocol of this client", failure)
				: ConnectFailure.of(this.transport.name(), failure);
	}

	/**
	 * Connects to a server.
	 */
	interface Transport {

		/**
		 * What to name the client in messages.
		 * @return the name
		 */
		String name();

		/**
		 * Connect.
		 * @return the connection, or an {@link MtlsException}
		 */
		Mono<Link> connect();

	}

}
