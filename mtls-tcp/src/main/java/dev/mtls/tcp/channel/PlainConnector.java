package dev.mtls.tcp.channel;

import java.net.SocketAddress;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOption;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPromise;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import reactor.netty.tcp.TcpClient;

import dev.mtls.decision.MtlsException;
import dev.mtls.decision.Reason;
import dev.mtls.tcp.client.ConnectFailure;
import dev.mtls.tcp.netty.HalfCloseLoops;

/**
 * Connects without TLS.
 */
final class PlainConnector {

	private static final String ADDRESS = "mtls.address";

	private static final String END = "mtls.end";

	private final UnauthenticatedChannel settings;

	private final TcpClient client;

	private final String name;

	PlainConnector(UnauthenticatedChannel settings, TcpClient client, String name) {
		if (client.configuration().isSecure()) {
			throw tlsException(name);
		}
		this.settings = settings;
		this.client = HalfCloseLoops.runOn(client)
			.option(ChannelOption.ALLOW_HALF_CLOSURE, true)
			.doOnChannelInit((observer, channel, remoteAddress) -> initialize(channel));
		this.name = name;
	}

	Mono<Link> connect() {
		return Mono.defer(() -> this.client.connect())
			.<Link>map((connection) -> Link.Plain.of(connection, this.settings.timeouts(), Mono.never()))
			.onErrorMap((failure) -> ConnectFailure.of(this.name, failure));
	}

	/**
	 * Put in what knows how a connection ends.
	 * @param channel the connection
	 */
	static void addEnd(Channel channel) {
		channel.pipeline().addFirst(END, new PlainConnectionEnd());
	}

	static MtlsException tlsException(String name) {
		return new MtlsException(Reason.CONFIGURATION_CONFLICT, name, "it is customized to speak TLS",
				"use SecureChannel, or remove its TLS");
	}

	private void initialize(Channel channel) {
		addEnd(channel);
		channel.pipeline().addFirst(ADDRESS, new AddressCheck());
	}

	/**
	 * Stands before the socket, and sees the very address that is connected to.
	 */
	private final class AddressCheck extends ChannelOutboundHandlerAdapter {

		@Override
		@SuppressWarnings("FutureReturnValueIgnored")
		public void connect(ChannelHandlerContext context, SocketAddress remoteAddress,
				@Nullable SocketAddress localAddress, ChannelPromise promise) {
			if (!PlainConnector.this.settings.isAllowed(remoteAddress)) {
				promise.setFailure(new MtlsException(Reason.ADDRESS_NOT_ALLOWED, PlainConnector.this.name,
						"%s is in none of the allowed networks".formatted(remoteAddress),
						Reason.ADDRESS_NOT_ALLOWED.fix()));
				return;
			}
			context.connect(remoteAddress, localAddress, promise);
			context.pipeline().remove(this);
		}

	}

}
