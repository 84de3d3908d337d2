package dev.mtls.boot.client.reactor;

import java.util.Arrays;
import java.util.List;
import java.util.function.UnaryOperator;

import javax.net.ssl.SSLException;

import io.netty.channel.Channel;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.ChannelMatcher;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.handler.codec.http2.Http2MultiplexActiveStreamsException;
import io.netty.handler.codec.http2.Http2MultiplexHandler;
import io.netty.handler.ssl.ApplicationProtocolNames;
import io.netty.handler.ssl.SslContext;
import io.netty.util.concurrent.ImmediateEventExecutor;
import reactor.netty.http.HttpProtocol;
import reactor.netty.http.client.HttpClient;
import reactor.netty.tcp.SslProvider;

import dev.mtls.boot.client.gate.ClientGeneration;
import dev.mtls.decision.MtlsException;
import dev.mtls.decision.Reason;
import dev.mtls.gate.Gate;
import dev.mtls.tcp.netty.GatedPipeline;
import dev.mtls.tcp.netty.GatedSslContexts;
import dev.mtls.tcp.netty.Transports;

/**
 * Puts an {@link HttpClient} behind one generation of a gate, and knows the connections
 * that it makes.
 */
final class GatedHttpClient implements UnaryOperator<HttpClient> {

	private final ClientGeneration generation;

	private final io.netty.handler.ssl.SslProvider engine;

	private final ChannelGroup channels = new DefaultChannelGroup(ImmediateEventExecutor.INSTANCE, true);

	GatedHttpClient(ClientGeneration generation, io.netty.handler.ssl.SslProvider engine) {
		this.generation = generation;
		this.engine = engine;
	}

	@Override
	public HttpClient apply(HttpClient client) {
		GatedSslContexts contexts = new GatedSslContexts(this.generation.gate(), placeOf(this.generation.gate()),
				this.engine, applicationProtocols(client.configuration().protocols()));
		// The gate times the handshake, as a whole and not in its parts
		SslContext context = contexts.create();
		SslProvider provider = SslProvider.builder()
			.sslContext(context)
			.handshakeTimeoutMillis(0)
			.handlerConfigurator((handler) -> contexts.configure(context, handler))
			.build();
		return client.secure(provider).doOnChannelInit((observer, channel, remoteAddress) -> initialize(channel));
	}

	/**
	 * Close all connections at once, also those that are being made.
	 */
	@SuppressWarnings("FutureReturnValueIgnored")
	void closeConnections() {
		// A loop that shuts down takes no task, and closes its channels itself
		ChannelMatcher closeable = (channel) -> !channel.eventLoop().isShuttingDown();
		// Says goodbye where that can be said at once
		this.channels.close(closeable);
		this.channels.stream()
			.filter(closeable::matches)
			.forEach((channel) -> channel.eventLoop().execute(() -> Transports.close(channel)));
	}

	private void initialize(Channel channel) {
		Gate gate = this.generation.gate();
		this.channels.add(channel);
		ReturnedConnections.on(channel.eventLoop());
		GatedPipeline.connecting(channel, gate, this.generation::admit, GatedHttpClient::cutFailure);
	}

	private static Throwable cutFailure(ChannelPipeline pipeline, SSLException refusal) {
		boolean multiplexed = pipeline.get(Http2MultiplexHandler.class) != null;
		return multiplexed ? new Http2MultiplexActiveStreamsException(refusal) : refusal;
	}

	private static String placeOf(Gate gate) {
		String name = gate.settings().name();
		return name.equals("client") ? "mtls.client" : "mtls.clients." + name;
	}

	private static List<String> applicationProtocols(HttpProtocol[] protocols) {
		List<HttpProtocol> spoken = Arrays.asList(protocols);
		if (spoken.contains(HttpProtocol.HTTP3)) {
			throw new MtlsException(Reason.ENGINE_UNSUPPORTED, "HttpClient.protocol(HTTP3)",
					"mutual TLS over QUIC is not supported", "choose from HTTP11 and H2");
		}
		if (!spoken.contains(HttpProtocol.H2)) {
			return List.of(ApplicationProtocolNames.HTTP_1_1);
		}
		return spoken.contains(HttpProtocol.HTTP11)
				? List.of(ApplicationProtocolNames.HTTP_2, ApplicationProtocolNames.HTTP_1_1)
				: List.of(ApplicationProtocolNames.HTTP_2);
	}

}
