package dev.mtls.tcp.channel;

import java.io.IOException;
import java.net.SocketAddress;
import java.util.function.Function;
import java.util.function.Supplier;

import io.netty.channel.Channel;
import io.netty.channel.ChannelOption;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Mono;
import reactor.netty.Connection;
import reactor.netty.channel.AbortedException;
import reactor.netty.tcp.TcpServer;
import reactor.util.Logger;
import reactor.util.Loggers;

import dev.mtls.tcp.channel.frame.UnauthenticatedWarning;
import dev.mtls.tcp.netty.HalfCloseLoops;
import dev.mtls.tcp.netty.Transports;
import dev.mtls.tcp.server.BindFailure;
import dev.mtls.tcp.server.Connections;
import dev.mtls.tcp.server.TcpListener;

/**
 * Listens without TLS.
 */
final class PlainBinding {

	private static final Logger logger = Loggers.getLogger(UnauthenticatedChannel.class);

	private static final String NAME = "UnauthenticatedChannel";

	private final UnauthenticatedChannel settings;

	private final TcpServer server;

	private final Function<Link, Publisher<Void>> handler;

	private final Connections connections = new Connections(FrameHandlers::areIn);

	PlainBinding(UnauthenticatedChannel settings, TcpServer server, Function<Link, Publisher<Void>> handler) {
		this.settings = settings;
		this.server = server;
		this.handler = handler;
	}

	Mono<TcpListener> bind() {
		if (this.server.configuration().isSecure()) {
			return Mono.error(() -> PlainConnector.tlsException(NAME));
		}
		return HalfCloseLoops.runOn(this.server)
			.childOption(ChannelOption.ALLOW_HALF_CLOSURE, true)
			.doOnChannelInit((observer, channel, remoteAddress) -> initialize(channel))
			.doOnConnection(this::handle)
			.bind()
			.onErrorMap((failure) -> BindFailure.of(NAME, address(), failure))
			.map((listening) -> new TcpListener(listening, this.connections, this.settings.drainTime()))
			.doOnNext((listener) -> UnauthenticatedWarning.log("%s at %s".formatted(NAME, listener.address())));
	}

	private String address() {
		Supplier<? extends SocketAddress> address = this.server.configuration().bindAddress();
		return (address != null) ? String.valueOf(address.get()) : "any address";
	}

	private void initialize(Channel channel) {
		if (!this.settings.isAllowed(channel.remoteAddress()) || !this.connections.add(channel)) {
			Transports.reset(channel);
			return;
		}
		PlainConnector.addEnd(channel);
	}

	private void handle(Connection connection) {
		Link link = Link.Plain.of(connection, this.settings.timeouts(), this.connections.onShutdown());
		Mono.defer(() -> Mono.fromDirect(this.handler.apply(link)))
			.takeUntilOther(link.onClose())
			.subscribe(null, (failure) -> {
				tellFailure(connection, failure);
				link.reset();
			}, connection::dispose);
	}

	// What a peer can bring about is not worth an error in the log of each
	private static void tellFailure(Connection connection, Throwable failure) {
		if (failure instanceof IOException || failure instanceof AbortedException) {
			logger.debug("A channel to %s ended".formatted(connection.address()), failure);
		}
		else {
			logger.error("The handler of a channel to %s failed".formatted(connection.address()), failure);
		}
	}

}
