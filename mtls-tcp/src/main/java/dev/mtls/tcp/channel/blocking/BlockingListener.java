package dev.mtls.tcp.channel.blocking;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.channels.ClosedChannelException;
import java.time.Duration;

import dev.mtls.decision.MtlsException;
import dev.mtls.decision.Reason;

/**
 * Accepts channels. A client that says nothing keeps nobody from accepting the next one:
 * keys are exchanged when the channel is used. Safe for use by any number of threads,
 * several of which may accept.
 */
public final class BlockingListener implements AutoCloseable {

	private final Acceptor acceptor;

	private final Opening opening;

	private final ChannelSettings settings;

	BlockingListener(Acceptor acceptor, Opening opening, ChannelSettings settings) {
		this.acceptor = acceptor;
		this.opening = opening;
		this.settings = settings;
	}

	/**
	 * Wait for the next channel. An interrupt need not end the wait, but closing does.
	 * @return the channel, to be closed by the caller. With mutual TLS its peer was
	 * admitted; where keys are exchanged they are not yet, so that the peer may turn out
	 * not to speak the protocol
	 * @throws ClosedChannelException if the listener is closed, also while this waits
	 * @throws IOException never for what a peer did
	 */
	public BlockingChannel accept() throws IOException {
		return new BlockingChannel(this.acceptor.accept(), this.opening, this.settings);
	}

	/**
	 * Serve every channel until the listener is closed, which this waits for: an accept
	 * loop. Each has a thread of its own, a virtual one from Java 21 on. What a handler
	 * throws ends its channel only, and goes to its thread's
	 * {@link Thread#getUncaughtExceptionHandler() handler of uncaught exceptions}, unless
	 * the connection had been cut by this side before. A client that does not exchange
	 * keys is dropped before the handler is called.
	 * @param handler uses one channel
	 */
	public void serve(BlockingChannelHandler handler) {
		this.acceptor.serve((transport) -> serve(transport, handler));
	}

	/**
	 * Where this listens.
	 * @return the address and port
	 */
	public InetSocketAddress localAddress() {
		return this.acceptor.localAddress();
	}

	/**
	 * The port at which this listens.
	 * @return the port, never 0
	 */
	public int port() {
		return localAddress().getPort();
	}

	/**
	 * Accept nothing more. Whoever waits in {@link #accept()} is told at once; channels
	 * that were accepted go on. More than once does no harm.
	 */
	@Override
	public void close() {
		this.acceptor.close();
	}

	/**
	 * Accept nothing more, and wait until the channels that were accepted are closed. An
	 * interrupt ends the wait.
	 * @param drain how long to wait, after which those that are left are cut
	 * @throws MtlsException if that is negative ({@link Reason#CONFIGURATION_INVALID})
	 */
	public void close(Duration drain) {
		if (!drain.isZero()) {
			ChannelSettings.check("drain", drain);
		}
		this.acceptor.close(drain);
	}

	@Override
	public String toString() {
		return "BlockingListener[%s]".formatted(localAddress());
	}

	private void serve(Transport transport, BlockingChannelHandler handler) throws Exception {
		try (BlockingChannel channel = new BlockingChannel(transport, this.opening, this.settings)) {
			if (isOpened(channel)) {
				handler.handle(channel);
			}
		}
	}

	private static boolean isOpened(BlockingChannel channel) {
		try {
			channel.open();
			return true;
		}
		catch (IOException ex) {
			// As with a handshake that fails, nobody has a channel yet
			return false;
		}
	}

}
