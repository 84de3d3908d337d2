package dev.mtls.tcp.channel;

import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.time.Duration;
import java.util.Arrays;

import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import reactor.netty.tcp.TcpClient;
import reactor.netty.tcp.TcpServer;

import dev.mtls.address.AddressSet;
import dev.mtls.address.HostAndPort;
import dev.mtls.decision.MtlsException;
import dev.mtls.decision.Reason;
import dev.mtls.tcp.TcpTimeouts;
import dev.mtls.tcp.channel.blocking.BlockingChannels;
import dev.mtls.tcp.channel.frame.UnauthenticatedWarning;

/**
 * Channels without certificates, for peers that cannot have any: the compatible protocol.
 * Each connection exchanges new X25519 keys and encrypts its messages with AES-256-GCM.
 * <p>
 * <strong>Warning: nobody knows who the peer is.</strong> Somebody in between who
 * exchanges keys with both sides reads and changes everything, and neither side can
 * notice. What is left is protection against somebody who listens and no more. Somebody
 * who can also send may end the channel, drop messages, send them in another order, and
 * repeat one after 1,024 others. Use a {@link SecureChannel} wherever there can be
 * certificates; the same frames in mutual TLS are {@link MessageServer#withKeyExchange()}
 * and {@link MessageClient#withKeyExchange()}.
 * <p>
 * Immutable: each method returns other settings. Safe for use by any number of threads.
 */
public final class UnauthenticatedChannel {

	private static final Duration DRAIN_TIME = Duration.ofSeconds(30);

	private final @Nullable AddressSet allowedNetworks;

	private final TcpTimeouts timeouts;

	private final Duration keyExchangeTimeout;

	private final Duration drainTime;

	private UnauthenticatedChannel(@Nullable AddressSet allowedNetworks, TcpTimeouts timeouts,
			Duration keyExchangeTimeout, Duration drainTime) {
		this.allowedNetworks = allowedNetworks;
		this.timeouts = timeouts;
		this.keyExchangeTimeout = keyExchangeTimeout;
		this.drainTime = drainTime;
	}

	/**
	 * Create settings, with which peers of every address are talked to.
	 * @return the settings
	 */
	public static UnauthenticatedChannel create() {
		return new UnauthenticatedChannel(null, TcpTimeouts.NONE, ChannelSettings.KEY_EXCHANGE_TIMEOUT, DRAIN_TIME);
	}

	/**
	 * Talk to peers of some addresses only. A client from elsewhere is reset before a
	 * byte is read, a server elsewhere is not connected to. Who is in between may have
	 * any address.
	 * @param networks addresses and networks, such as {@code 10.0.0.0/8}
	 * @return other settings
	 * @throws MtlsException if one is neither, or there is none
	 */
	public UnauthenticatedChannel allowedNetworks(String... networks) {
		if (networks.length == 0) {
			throw new MtlsException(Reason.RULES_EMPTY, "allowed-networks", "there is none",
					"name the networks that are allowed, such as 10.0.0.0/8");
		}
		AddressSet.Builder builder = AddressSet.builder();
		Arrays.stream(networks).forEach(builder::add);
		return new UnauthenticatedChannel(builder.build(), this.timeouts, this.keyExchangeTimeout, this.drainTime);
	}

	/**
	 * Close connections that wait too long.
	 * @param timeouts how long they may wait
	 * @return other settings
	 */
	public UnauthenticatedChannel timeouts(TcpTimeouts timeouts) {
		return new UnauthenticatedChannel(this.allowedNetworks, timeouts, this.keyExchangeTimeout, this.drainTime);
	}

	/**
	 * Bound the time for the key exchange.
	 * @param timeout the time, 10 seconds if not set
	 * @return other settings
	 * @throws MtlsException if it is less than a millisecond
	 */
	public UnauthenticatedChannel keyExchangeTimeout(Duration timeout) {
		if (timeout.toMillis() <= 0) {
			throw new MtlsException(Reason.CONFIGURATION_INVALID, "key-exchange-timeout=" + timeout,
					"the timeout is less than a millisecond", "set a duration such as 10s");
		}
		return new UnauthenticatedChannel(this.allowedNetworks, this.timeouts, timeout, this.drainTime);
	}

	/**
	 * Bound the time for which channels may go on when a server is shut down.
	 * @param drainTime the time, 30 seconds if not set; zero to cut them at once
	 * @return other settings
	 * @throws MtlsException if it is negative
	 */
	public UnauthenticatedChannel drainTime(Duration drainTime) {
		if (drainTime.isNegative()) {
			throw new MtlsException(Reason.CONFIGURATION_INVALID, "drain-time=" + drainTime, "the time is negative",
					"set a duration such as 30s, or 0 to cut channels at once");
		}
		return new UnauthenticatedChannel(this.allowedNetworks, this.timeouts, this.keyExchangeTimeout, drainTime);
	}

	/**
	 * Make a server. A warning is logged when it is bound.
	 * @param server where to listen, without TLS
	 * @return the server
	 */
	public MessageServer server(TcpServer server) {
		return new MessageServer((handler) -> new PlainBinding(this, server, handler).bind(), settings());
	}

	/**
	 * Make a client. A warning is logged.
	 * @param client where to connect, without TLS
	 * @return the client
	 */
	public MessageClient client(TcpClient client) {
		String name = "UnauthenticatedChannel to " + nameOf(client.configuration().remoteAddress().get());
		UnauthenticatedWarning.log(name);
		PlainConnector connector = new PlainConnector(this, client, name);
		return new MessageClient(new MessageClient.Transport() {

			@Override
			public String name() {
				return name;
			}

			@Override
			public Mono<Link> connect() {
				return connector.connect();
			}

		}, settings());
	}

	/**
	 * Make channels whose users may block. A warning is logged. They have settings of
	 * their own.
	 * @return the channels, which listen and connect
	 */
	public static BlockingChannels blocking() {
		return BlockingChannels.unauthenticated();
	}

	TcpTimeouts timeouts() {
		return this.timeouts;
	}

	Duration drainTime() {
		return this.drainTime;
	}

	/**
	 * Whether to talk to a peer.
	 * @param peer the address of the peer
	 * @return whether its address is allowed
	 */
	boolean isAllowed(@Nullable SocketAddress peer) {
		return this.allowedNetworks == null || (peer instanceof InetSocketAddress internet
				&& internet.getAddress() != null && this.allowedNetworks.contains(internet.getAddress()));
	}

	private ChannelSettings settings() {
		return ChannelSettings.of(true, this.keyExchangeTimeout);
	}

	private static String nameOf(SocketAddress server) {
		return (server instanceof InetSocketAddress internet)
				? new HostAndPort(internet.getHostString(), internet.getPort()).toString() : server.toString();
	}

}
