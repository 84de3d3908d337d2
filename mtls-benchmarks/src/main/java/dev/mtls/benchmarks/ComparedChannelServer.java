package dev.mtls.benchmarks;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.security.GeneralSecurityException;
import java.util.Arrays;

import reactor.netty.tcp.TcpServer;

import dev.mtls.tcp.channel.UnauthenticatedChannel;
import dev.mtls.tcp.channel.blocking.BlockingChannel;
import dev.mtls.tcp.channel.blocking.BlockingListener;

/**
 * A server that sends back each message, through the compatible protocol or bare TCP with
 * the same calls of AES-GCM, each with threads that block and without. It runs in a
 * process of its own until its standard input ends.
 */
public final class ComparedChannelServer {

	private static final String KIND = "--kind=";

	private ComparedChannelServer() {
	}

	/**
	 * Serve.
	 * @param args {@code --kind}
	 */
	public static void main(String[] args) throws Exception {
		String kind = Arrays.stream(args).filter((arg) -> arg.startsWith(KIND)).findFirst().orElseThrow();
		ComparedApplication.answer(switch (Kind.valueOf(kind.substring(KIND.length()))) {
			case CHANNEL -> channel();
			case BARE_REACTOR_NETTY -> bareReactorNetty();
			case BLOCKING_CHANNEL -> blockingChannel();
			case BARE_SOCKETS -> bareSockets();
		});
		for (int question = System.in.read(); question != -1; question = System.in.read()) {
			ComparedApplication.answer(0);
		}
		System.exit(0);
	}

	private static int channel() {
		return UnauthenticatedChannel.create()
			.server(TcpServer.create().host("127.0.0.1").port(0))
			.handle((channel) -> channel.send(channel.receive()))
			.bindNow()
			.port();
	}

	private static int bareReactorNetty() {
		return TcpServer.create()
			.host("127.0.0.1")
			.port(0)
			.doOnConnection((connection) -> connection.addHandlerLast(new BareFrames.Codec(frames(1))))
			.handle((inbound, outbound) -> outbound.sendObject(inbound.receiveObject()))
			.bindNow()
			.port();
	}

	private static int blockingChannel() {
		BlockingListener listener = UnauthenticatedChannel.blocking().listen("127.0.0.1:0");
		start(() -> listener.serve(ComparedChannelServer::echo));
		return listener.port();
	}

	private static void echo(BlockingChannel channel) throws IOException {
		for (byte[] message = channel.receive(); message != null; message = channel.receive()) {
			channel.send(message);
		}
	}

	private static int bareSockets() throws IOException {
		ServerSocket server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
		start(() -> {
			while (true) {
				Socket socket = accept(server);
				start(() -> echo(socket));
			}
		});
		return server.getLocalPort();
	}

	private static void echo(Socket socket) {
		try (socket) {
			socket.setTcpNoDelay(true);
			BareFrames frames = new BareFrames(1);
			InputStream input = new BufferedInputStream(socket.getInputStream());
			while (true) {
				frames.write(socket.getOutputStream(), frames.read(input));
			}
		}
		catch (IOException ex) {
			// The client is done
		}
		catch (GeneralSecurityException ex) {
			throw new IllegalStateException(ex);
		}
	}

	private static Socket accept(ServerSocket server) {
		try {
			return server.accept();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private static void start(Runnable task) {
		Thread thread = new Thread(task);
		thread.setDaemon(true);
		thread.start();
	}

	private static BareFrames frames(int sender) {
		try {
			return new BareFrames(sender);
		}
		catch (GeneralSecurityException ex) {
			throw new IllegalStateException(ex);
		}
	}

	/**
	 * What is compared.
	 */
	enum Kind {

		/**
		 * A channel that does not block.
		 */
		CHANNEL,

		/**
		 * Bare Reactor Netty.
		 */
		BARE_REACTOR_NETTY,

		/**
		 * A channel with threads that block.
		 */
		BLOCKING_CHANNEL,

		/**
		 * The JDK's sockets.
		 */
		BARE_SOCKETS

	}

}
