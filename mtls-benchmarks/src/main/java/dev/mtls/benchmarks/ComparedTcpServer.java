package dev.mtls.benchmarks;

import java.io.File;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Executors;

import javax.net.ssl.SSLException;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import reactor.netty.DisposableServer;
import reactor.netty.tcp.TcpServer;

import dev.mtls.gate.Gate;
import dev.mtls.gate.GateSettings;
import dev.mtls.gate.SnapshotLocations;
import dev.mtls.source.Watcher;
import dev.mtls.tcp.server.MtlsTcpServer;
import dev.mtls.tls.TlsProfile;

/**
 * A TCP server that sends back what it receives, over mutual TLS by netty-tcnative: ours,
 * one of bare Netty, or one of bare Reactor Netty. It runs in a process of its own until
 * its standard input ends.
 */
public final class ComparedTcpServer {

	/**
	 * Asks for the resident memory in bytes, after a collection.
	 */
	static final char RESIDENT = 'r';

	private static final Duration WALK_INTERVAL = Duration.ofMillis(500);

	private ComparedTcpServer() {
	}

	/**
	 * Serve.
	 * @param args {@code --kind}, {@code --certificate}, {@code --private-key} and
	 * {@code --trust-certificates}
	 */
	public static void main(String[] args) throws Exception {
		Path certificate = Path.of(option(args, "certificate"));
		Path privateKey = Path.of(option(args, "private-key"));
		Path trust = Path.of(option(args, "trust-certificates"));
		int port = switch (Kind.valueOf(option(args, "kind"))) {
			case GATE -> gate(certificate, privateKey, trust);
			case NETTY -> netty(sslContext(certificate, privateKey, trust));
			case REACTOR_NETTY -> reactorNetty(sslContext(certificate, privateKey, trust));
		};
		ComparedApplication.answer(port);
		for (int question = System.in.read(); question != -1; question = System.in.read()) {
			ComparedApplication.answer((question == RESIDENT) ? residentBytes() : 0);
		}
		System.exit(0);
	}

	private static String option(String[] args, String name) {
		String prefix = "--%s=".formatted(name);
		return Arrays.stream(args)
			.filter((arg) -> arg.startsWith(prefix))
			.map((arg) -> arg.substring(prefix.length()))
			.findFirst()
			.orElseThrow();
	}

	private static int gate(Path certificate, Path privateKey, Path trust) {
		Gate gate = Gate.builder(GateSettings.server(true, TlsProfile.defaults()),
				SnapshotLocations.builder("mtls.server")
					.pem("file:" + certificate, "file:" + privateKey, null)
					.trustCertificates(List.of("file:" + trust))
					.allowedNetworks(List.of("127.0.0.0/8"))
					.allowedPeers("allowed-clients", List.of("dns:*.example.com"))
					.build())
			.open();
		new Watcher(Executors.newSingleThreadScheduledExecutor(), WALK_INTERVAL, gate::walk, (failure) -> {
		});
		return MtlsTcpServer.create(gate)
			.host("127.0.0.1")
			.handle((connection) -> connection.send(connection.receive().retain()))
			.bindNow()
			.port();
	}

	private static int reactorNetty(SslContext context) {
		DisposableServer server = TcpServer.create()
			.host("127.0.0.1")
			.secure((spec) -> spec.sslContext(context))
			.handle((inbound, outbound) -> outbound.send(inbound.receive().retain()))
			.bindNow();
		return server.port();
	}

	private static int netty(SslContext context) throws InterruptedException {
		EventLoopGroup loops = new MultiThreadIoEventLoopGroup(EpollIoHandler.newFactory());
		Channel channel = new ServerBootstrap().group(loops)
			.channel(EpollServerSocketChannel.class)
			.childHandler(new ChannelInitializer<>() {

				@Override
				protected void initChannel(Channel accepted) {
					accepted.pipeline().addLast(context.newHandler(accepted.alloc()), new Echo());
				}

			})
			.bind("127.0.0.1", 0)
			.sync()
			.channel();
		return ((InetSocketAddress) channel.localAddress()).getPort();
	}

	private static SslContext sslContext(Path certificate, Path privateKey, Path trust) throws SSLException {
		File key = privateKey.toFile();
		return SslContextBuilder.forServer(certificate.toFile(), key)
			.sslProvider(SslProvider.OPENSSL)
			.trustManager(trust.toFile())
			.clientAuth(ClientAuth.REQUIRE)
			.protocols("TLSv1.3")
			.build();
	}

	private static long residentBytes() throws IOException {
		System.gc();
		System.gc();
		String resident = Files.readAllLines(Path.of("/proc/self/status"))
			.stream()
			.filter((line) -> line.startsWith("VmRSS:"))
			.findFirst()
			.orElseThrow();
		return Long.parseLong(resident.replaceAll("[^0-9]", "")) * 1024;
	}

	/**
	 * What is compared.
	 */
	enum Kind {

		/**
		 * A server behind a gate.
		 */
		GATE,

		/**
		 * A server of bare Netty.
		 */
		NETTY,

		/**
		 * A server of bare Reactor Netty.
		 */
		REACTOR_NETTY

	}

	/**
	 * Sends back what it receives.
	 */
	private static final class Echo extends ChannelInboundHandlerAdapter {

		@Override
		@SuppressWarnings("FutureReturnValueIgnored")
		public void channelRead(ChannelHandlerContext context, Object message) {
			context.writeAndFlush(message);
		}

		@Override
		@SuppressWarnings("FutureReturnValueIgnored")
		public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
			context.close();
		}

	}

}
