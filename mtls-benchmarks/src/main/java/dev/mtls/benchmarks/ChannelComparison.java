package dev.mtls.benchmarks;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.util.List;
import java.util.Objects;

import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import reactor.netty.Connection;
import reactor.netty.tcp.TcpClient;

import dev.mtls.tcp.channel.MessageChannel;
import dev.mtls.tcp.channel.UnauthenticatedChannel;
import dev.mtls.tcp.channel.blocking.BlockingChannel;

/**
 * Compares an exchange of messages through the compatible protocol with the same exchange
 * over bare TCP with the same calls of AES-GCM: with Reactor Netty at both ends, and with
 * threads that block at both ends. Servers are processes of their own, and take turns.
 */
public final class ChannelComparison {

	private static final int WARM_UPS = Sizes.notNegative("warmUps", 8);

	private static final int ROUNDS = Sizes.positive("rounds", 25);

	private static final int EXCHANGES = Sizes.positive("exchanges", 5000);

	private static final byte[] MESSAGE = new byte[1024];

	private ChannelComparison() {
	}

	/**
	 * Run comparisons.
	 * @param args {@code reactive} and {@code blocking}; both if there is none
	 */
	public static void main(String[] args) throws Exception {
		for (String name : (args.length > 0) ? args : new String[] { "reactive", "blocking" }) {
			switch (name) {
				case "reactive" -> compare(ComparedChannelServer.Kind.CHANNEL, ChannelComparison::channel,
						ComparedChannelServer.Kind.BARE_REACTOR_NETTY, ChannelComparison::bareReactorNetty);
				case "blocking" ->
					compare(ComparedChannelServer.Kind.BLOCKING_CHANNEL, ChannelComparison::blockingChannel,
							ComparedChannelServer.Kind.BARE_SOCKETS, ChannelComparison::bareSockets);
				default -> throw new IllegalArgumentException("There is no comparison '%s'".formatted(name));
			}
		}
		System.exit(0);
	}

	private static void compare(ComparedChannelServer.Kind kind, Client client, ComparedChannelServer.Kind bareKind,
			Client bareClient) throws Exception {
		try (Party ours = new Party(kind, client); Party bare = new Party(bareKind, bareClient)) {
			Figures our = new Figures();
			Figures their = new Figures();
			Figures ratios = new Figures();
			for (int i = 0; i < WARM_UPS + ROUNDS; i++) {
				// Each is first as often as the other
				Figures first = ((i % 2 == 0) ? ours : bare).round();
				Figures second = ((i % 2 == 0) ? bare : ours).round();
				if (i >= WARM_UPS) {
					Figures round = (i % 2 == 0) ? first : second;
					Figures bareRound = (i % 2 == 0) ? second : first;
					our.addAll(round);
					their.addAll(bareRound);
					ratios.addRatios(round, bareRound);
				}
			}
			our.print(kind.toString());
			their.print(bareKind.toString());
			ratios.print("%s, × %s".formatted(kind, bareKind));
		}
	}

	private static Exchange channel(int port) {
		MessageChannel channel = Objects.requireNonNull(UnauthenticatedChannel.create()
			.client(TcpClient.newConnection().host("127.0.0.1").port(port))
			.connect()
			.block());
		return new Exchange() {

			@Override
			public byte @Nullable [] exchange() {
				return channel.send(MESSAGE).then(channel.receive().next()).block();
			}

			@Override
			public void close() {
				channel.close();
			}

		};
	}

	private static Exchange bareReactorNetty(int port) throws Exception {
		BareFrames frames = new BareFrames(2);
		Connection connection = TcpClient.newConnection()
			.host("127.0.0.1")
			.port(port)
			.doOnConnected((connected) -> connected.addHandlerLast(new BareFrames.Codec(frames)))
			.connectNow();
		// One that can be asked for one after the other, as a channel can
		Turns turns = new Turns();
		connection.inbound().receiveObject().cast(byte[].class).subscribe(turns);
		return new Exchange() {

			@Override
			public byte @Nullable [] exchange() {
				return connection.outbound().sendObject(Mono.just(MESSAGE)).then().then(turns.next()).block();
			}

			@Override
			public void close() {
				connection.dispose();
			}

		};
	}

	private static Exchange blockingChannel(int port) {
		BlockingChannel channel = UnauthenticatedChannel.blocking().connect("127.0.0.1:" + port);
		return new Exchange() {

			@Override
			public byte @Nullable [] exchange() throws IOException {
				channel.send(MESSAGE);
				return channel.receive();
			}

			@Override
			public void close() {
				channel.close();
			}

		};
	}

	private static Exchange bareSockets(int port) throws Exception {
		Socket socket = new Socket(InetAddress.getLoopbackAddress(), port);
		socket.setTcpNoDelay(true);
		BareFrames frames = new BareFrames(2);
		InputStream input = new BufferedInputStream(socket.getInputStream());
		return new Exchange() {

			@Override
			public byte @Nullable [] exchange() throws Exception {
				frames.write(socket.getOutputStream(), MESSAGE);
				return frames.read(input);
			}

			@Override
			public void close() throws IOException {
				socket.close();
			}

		};
	}

	/**
	 * Connects to a server.
	 */
	@FunctionalInterface
	private interface Client {

		Exchange connect(int port) throws Exception;

	}

	/**
	 * A connection on which a message is sent and comes back.
	 */
	private interface Exchange extends AutoCloseable {

		byte @Nullable [] exchange() throws Exception;

		@Override
		void close() throws IOException;

	}

	/**
	 * A server in a process of its own, with a client of it.
	 */
	private static final class Party implements AutoCloseable {

		private final ApplicationProcess process;

		private final Exchange exchange;

		Party(ComparedChannelServer.Kind kind, Client client) throws Exception {
			this.process = new ApplicationProcess(ComparedChannelServer.class, List.of("kind=" + kind));
			this.exchange = client.connect((int) this.process.answer());
		}

		Figures round() throws Exception {
			Medians micros = new Medians();
			long processorTime = this.process.cpuTime().toNanos();
			for (int i = 0; i < EXCHANGES; i++) {
				long start = System.nanoTime();
				byte[] answer = this.exchange.exchange();
				if (answer == null || answer.length != MESSAGE.length) {
					throw new IllegalStateException("Something else came back");
				}
				micros.add((System.nanoTime() - start) / 1000.0);
			}
			Figures figures = new Figures();
			figures.add("1 KiB there and back, median, µs", micros.median());
			figures.add("1 KiB there and back, p99, µs", micros.quantile(0.99));
			figures.add("1 KiB there and back, server's processor time, µs",
					(this.process.cpuTime().toNanos() - processorTime) / 1000.0 / EXCHANGES);
			return figures;
		}

		@Override
		public void close() throws IOException {
			this.exchange.close();
			this.process.close();
		}

	}

}
