package dev.mtls.tcp.channel;

import java.time.Duration;
import java.util.List;

import reactor.core.publisher.Mono;

import dev.mtls.decision.MtlsException;
import dev.mtls.socket.MtlsContext;
import dev.mtls.tcp.TcpConnection;
import dev.mtls.tcp.TlsEngine;
import dev.mtls.tcp.channel.blocking.BlockingChannels;
import dev.mtls.tcp.client.MtlsTcpClient;
import dev.mtls.tcp.server.MtlsTcpServer;
import dev.mtls.tls.TlsProfile;

/**
 * Channels in mutual TLS, behind a gate. TLS is that of the JDK, and one way of it is
 * spoken: TLS 1.3, AES-256-GCM, and X25519 where the JDK can restrict it to that, which
 * it can from version 20 on. Frames are {@code u32} length, big-endian, and the message.
 * <p>
 * What is promised is that of TLS: nobody but the two peers, whose certificates were
 * verified, reads, changes, repeats or holds back a message without being noticed.
 */
public final class SecureChannel {

	private SecureChannel() {
	}

	/**
	 * What is negotiated.
	 * @return the profile
	 * @throws MtlsException if the JDK does not offer it
	 */
	public static TlsProfile profile() {
		return new TlsProfile(List.of("TLSv1.3"), List.of("TLS_AES_256_GCM_SHA384"),
				TlsProfile.canRestrictNamedGroups() ? List.of("x25519") : List.of());
	}

	/**
	 * Make a server of one of TCP.
	 * @param server where and how to listen; its handler, engine and TLS profile are not
	 * used
	 * @return the server
	 * @throws MtlsException if the JDK does not offer what is negotiated; that the gate
	 * does not allow it is told when it is bound
	 */
	public static MessageServer server(MtlsTcpServer server) {
		MtlsTcpServer narrowed = server.engine(TlsEngine.JDK).tls(profile());
		return new MessageServer(
				(handler) -> narrowed.handle((connection) -> handler.apply(new Link.Secure(connection))).bind(),
				settings(server.gate().settings().handshakeTimeout()));
	}

	/**
	 * Make a client of one of TCP.
	 * @param client where and how to connect; its engine and TLS profile are not used
	 * @return the client
	 * @throws MtlsException if the JDK does not offer what is negotiated, or the gate
	 * does not allow it
	 */
	public static MessageClient client(MtlsTcpClient client) {
		MtlsTcpClient narrowed = client.engine(TlsEngine.JDK).tls(profile());
		return new MessageClient(new MessageClient.Transport() {

			@Override
			public String name() {
				return narrowed.server();
			}

			@Override
			public Mono<Link> connect() {
				return narrowed.connect().map(SecureChannel::link);
			}

		}, settings(client.gate().settings().handshakeTimeout()));
	}

	/**
	 * Make channels whose users may block.
	 * @param context has the key, the trust and the rules, and is closed by whoever made
	 * it
	 * @return the channels, which listen and connect
	 * @throws MtlsException if the JDK does not offer what is negotiated; that the
	 * context does not allow it is told when they listen or connect
	 */
	public static BlockingChannels blocking(MtlsContext context) {
		return BlockingChannels.secure(context, profile());
	}

	private static Link link(TcpConnection connection) {
		return new Link.Secure(connection);
	}

	private static ChannelSettings settings(Duration handshakeTimeout) {
		return ChannelSettings.of(false, handshakeTimeout);
	}

}
