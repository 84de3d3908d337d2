package dev.mtls.tcp.channel.blocking;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;

import dev.mtls.address.AddressSet;
import dev.mtls.address.Cidr;
import dev.mtls.decision.MtlsException;
import dev.mtls.decision.Reason;
import dev.mtls.socket.MtlsContext;
import dev.mtls.tcp.channel.frame.UnauthenticatedWarning;
import dev.mtls.tcp.client.Backoff;
import dev.mtls.tls.TlsProfile;

/**
 * Makes channels whose users may block: those of servers that listen, and of clients that
 * connect.
 * <p>
 * Immutable: each method that sets something returns another object. Safe for use by any
 * number of threads.
 */
public final class BlockingChannels {

	private static final Duration RECONNECT = Duration.ofSeconds(5);

	private final Network network;

	private final boolean keyExchange;

	private final ChannelSettings settings;

	private final @Nullable Backoff backoff;

	private BlockingChannels(Network network, boolean keyExchange, ChannelSettings settings,
			@Nullable Backoff backoff) {
		this.network = network;
		this.keyExchange = keyExchange;
		this.settings = settings;
		this.backoff = backoff;
	}

	/**
	 * Channels in mutual TLS, as a context allows it. Its timeouts bound connecting and
	 * handshakes, its rules admit peers.
	 * @param context has the key, the trust and the rules, and is closed by whoever made
	 * it
	 * @return the channels
	 */
	public static BlockingChannels secure(MtlsContext context) {
		return secure(context, context.clientGate().settings().tls());
	}

	/**
	 * Channels in mutual TLS that negotiate less than their context allows.
	 * @param context has the key, the trust and the rules, and is closed by whoever made
	 * it
	 * @param tls what may be negotiated. Where that is more than the context allows,
	 * listening and connecting fail with {@link Reason#CONFIGURATION_CONFLICT}
	 * @return the channels
	 */
	public static BlockingChannels secure(MtlsContext context, TlsProfile tls) {
		return new BlockingChannels(new MtlsNetwork(context, tls), false, ChannelSettings.DEFAULTS, null);
	}

	/**
	 * Channels of the compatible protocol over bare TCP: messages are encrypted, but
	 * nobody knows for whom. Whoever is able to change what is sent can read and change
	 * every message without being noticed. A warning is logged.
	 * @return the channels
	 */
	public static BlockingChannels unauthenticated() {
		UnauthenticatedWarning.log("UnauthenticatedChannel");
		return new BlockingChannels(new TcpNetwork(ChannelSettings.DEFAULT_TIMEOUT, null), true,
				ChannelSettings.DEFAULTS, null);
	}

	/**
	 * Speak the compatible protocol inside of mutual TLS, whose certificates then tell
	 * for whom messages are encrypted. Channels over bare TCP speak it anyway.
	 * @return other channels
	 */
	public BlockingChannels withKeyExchange() {
		return new BlockingChannels(this.network, true, this.settings, this.backoff);
	}

	/**
	 * Bound the size of messages, of those that are sent as of those that are received.
	 * @param maxMessageSize the size of the longest message in bytes, 16 MiB if not set
	 * @return other channels
	 * @throws IllegalArgumentException if it is not positive, or more than 1 GiB
	 */
	public BlockingChannels maxMessageSize(int maxMessageSize) {
		return with(this.settings.withMaxMessageSize(maxMessageSize));
	}

	/**
	 * Bound how long receiving waits while nothing comes. The read timeout of a context
	 * does not count.
	 * @param readTimeout the bound, or {@code null} for none, as if not set
	 * @return other channels
	 * @throws MtlsException if it is not positive ({@link Reason#CONFIGURATION_INVALID})
	 */
	public BlockingChannels readTimeout(@Nullable Duration readTimeout) {
		return with(this.settings.withReadTimeout(readTimeout));
	}

	/**
	 * Bound how long the exchange of keys may take in all.
	 * @param keyExchangeTimeout the bound, 10 seconds if not set
	 * @return other channels
	 * @throws MtlsException if it is not positive ({@link Reason#CONFIGURATION_INVALID})
	 */
	public BlockingChannels keyExchangeTimeout(Duration keyExchangeTimeout) {
		return with(this.settings.withKeyExchangeTimeout(keyExchangeTimeout));
	}

	/**
	 * Bound how long connecting to one address may take, over bare TCP.
	 * @param connectTimeout the bound, 10 seconds if not set
	 * @return other channels
	 * @throws MtlsException if it is not positive ({@link Reason#CONFIGURATION_INVALID}),
	 * or these channels are in mutual TLS ({@link Reason#CONFIGURATION_CONFLICT})
	 */
	public BlockingChannels connectTimeout(Duration connectTimeout) {
		AddressSet allowed = tcp("connectTimeout").allowed();
		return with(new TcpNetwork(ChannelSettings.check("connectTimeout", connectTimeout), allowed));
	}

	/**
	 * Allow only peers in these networks, be they clients or servers, over bare TCP. A
	 * client from elsewhere is reset before a byte of it is read.
	 * @param networks networks in CIDR notation or addresses; all are allowed if not set
	 * @return other channels
	 * @throws MtlsException if one is no network ({@link Reason#RULE_INVALID}), there is
	 * none ({@link Reason#RULES_EMPTY}), or these channels are in mutual TLS
	 * ({@link Reason#CONFIGURATION_CONFLICT})
	 */
	public BlockingChannels allowedNetworks(String... networks) {
		Duration connectTimeout = tcp("allowedNetworks").connectTimeout();
		if (networks.length == 0) {
			throw new MtlsException(Reason.RULES_EMPTY, "allowedNetworks", "there is no network",
					"name the networks of the peers, such as 10.0.0.0/8");
		}
		return with(
				new TcpNetwork(connectTimeout, AddressSet.of(List.of(networks).stream().map(Cidr::parse).toList())));
	}

	/**
	 * Try again when a connection cannot be made and the failure is
	 * {@linkplain MtlsException#isRecoverable() recoverable}.
	 * @param backoff how long to wait in between; without it {@link #connect} does not
	 * try again
	 * @return other channels
	 */
	public BlockingChannels retry(Backoff backoff) {
		return new BlockingChannels(this.network, this.keyExchange, this.settings, backoff);
	}

	/**
	 * Listen for channels.
	 * @param hostAndPort the address of this host and a port, such as
	 * {@code 0.0.0.0:8443}; port 0 for a free one
	 * @return the listener, to be closed by the caller
	 * @throws MtlsException if the text is no host and port
	 * ({@link Reason#CONFIGURATION_INVALID}), the host has no address
	 * ({@link Reason#HOST_UNRESOLVED}), it cannot be listened at
	 * ({@link Reason#BIND_FAILED}), or as {@link MtlsContext#listen} says
	 */
	public BlockingListener listen(String hostAndPort) {
		return new BlockingListener(this.network.listen(hostAndPort),
				this.keyExchange ? Opening.server() : Opening.plain(), this.settings);
	}

	/**
	 * Connect to a server, and exchange keys with it where these channels do.
	 * @param hostAndPort such as {@code api.example.com:8443} or
	 * {@code [2001:db8::1]:8443}
	 * @return the channel, to be closed by the caller
	 * @throws MtlsException if there is no connection: with
	 * {@link Reason#CONFIGURATION_INVALID}, {@link Reason#HOST_UNRESOLVED},
	 * {@link Reason#CONNECT_FAILED}, {@link Reason#HANDSHAKE_FAILED} and
	 * {@link Reason#HANDSHAKE_TIMEOUT}, those of the key exchange included,
	 * {@link Reason#ADDRESS_NOT_ALLOWED} before a byte is sent, or as
	 * {@link MtlsContext#connect} says; the last one if there are no attempts left or the
	 * thread is interrupted between two of them, which it still is then
	 */
	public BlockingChannel connect(String hostAndPort) {
		Backoff retries = this.backoff;
		if (retries == null) {
			return connectOnce(hostAndPort);
		}
		Waits waits = new Waits(retries);
		while (true) {
			try {
				return connectOnce(hostAndPort);
			}
			catch (MtlsException ex) {
				if (!ex.isRecoverable() || !awaitRetry(waits)) {
					throw ex;
				}
			}
		}
	}

	/**
	 * Connect, and connect again whenever the connection ends or cannot be made, until
	 * the thread is interrupted. The wait between two attempts is that of {@link #retry},
	 * or 5 seconds. It begins anew after a connection on which the server sent a message,
	 * or that stood for a second.
	 * @param hostAndPort such as {@code api.example.com:8443}
	 * @param handler uses each channel, which is closed when that returns, on another
	 * thread. It has to receive, because that is how the end of a connection is noticed
	 * @throws InterruptedException if the thread is interrupted. The channel is closed
	 * and the handler's thread interrupted then, which nobody waits for
	 * @throws Exception the last failure, also of the handler, when there are no attempts
	 * left; an {@link MtlsException} at once if the configuration is wrong
	 */
	public void stayConnected(String hostAndPort, BlockingChannelHandler handler) throws Exception {
		Waits waits = new Waits(Objects.requireNonNullElseGet(this.backoff, () -> Backoff.fixed(RECONNECT)));
		Supplier<BlockingChannel> connector = () -> connectOnce(hostAndPort);
		new StayConnected(hostAndPort, connector, handler, waits).run();
	}

	@Override
	public String toString() {
		return "BlockingChannels[%s, keyExchange=%s]".formatted(this.network, this.keyExchange);
	}

	private BlockingChannel connectOnce(String hostAndPort) {
		BlockingChannel channel = new BlockingChannel(this.network.connect(hostAndPort),
				this.keyExchange ? Opening.client() : Opening.plain(), this.settings);
		try {
			channel.open();
			return channel;
		}
		catch (IOException ex) {
			throw KeyExchangeFailure.of(hostAndPort, ex);
		}
		catch (RuntimeException ex) {
			channel.close();
			throw ex;
		}
	}

	private BlockingChannels with(ChannelSettings settings) {
		return new BlockingChannels(this.network, this.keyExchange, settings, this.backoff);
	}

	private BlockingChannels with(Network network) {
		return new BlockingChannels(network, this.keyExchange, this.settings, this.backoff);
	}

	private TcpNetwork tcp(String setting) {
		if (this.network instanceof TcpNetwork tcp) {
			return tcp;
		}
		throw new MtlsException(Reason.CONFIGURATION_CONFLICT, setting,
				"channels in mutual TLS have that of their context", "set it when the MtlsContext is built");
	}

	private static boolean awaitRetry(Waits waits) {
		try {
			return waits.await();
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			return false;
		}
	}

}
