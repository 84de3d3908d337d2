package dev.mtls.tcp.channel.blocking;

import java.io.IOException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;
import reactor.util.Logger;
import reactor.util.Loggers;

import dev.mtls.decision.MtlsException;

/**
 * Connects again and again, on a thread of its own: a blocked read of a socket does not
 * notice that its thread is interrupted.
 */
final class StayConnected {

	private static final Logger logger = Loggers.getLogger(BlockingChannels.class);

	private static final long LET_IN_NANOS = 1_000_000_000;

	private final String server;

	private final Supplier<BlockingChannel> connector;

	private final BlockingChannelHandler handler;

	private final Waits waits;

	private volatile @Nullable BlockingChannel channel;

	private volatile boolean stopped;

	StayConnected(String server, Supplier<BlockingChannel> connector, BlockingChannelHandler handler, Waits waits) {
		this.server = server;
		this.connector = connector;
		this.handler = handler;
		this.waits = waits;
	}

	/**
	 * Stay connected.
	 * @throws InterruptedException if the thread is interrupted
	 * @throws Exception the last failure when there are no attempts left
	 */
	void run() throws Exception {
		FutureTask<Void> task = new FutureTask<>(() -> {
			connectForever();
			return null;
		});
		Thread thread = ChannelThreads.start(task);
		try {
			task.get();
		}
		catch (ExecutionException ex) {
			throw thrown(ex.getCause());
		}
		catch (InterruptedException ex) {
			stop(thread);
			throw ex;
		}
	}

	private void connectForever() throws Exception {
		while (!this.stopped) {
			Exception failure = connectOnce();
			if (failure instanceof InterruptedException || isConfiguration(failure) || !this.waits.areLeft()) {
				throw failure;
			}
			tellRetry(failure);
			this.waits.await();
		}
	}

	// A server that is away for long is told once
	private void tellRetry(Exception failure) {
		if (this.waits.areNew()) {
			logger.warn("[{}] {}; it is tried again", this.server, failure.toString());
		}
		else {
			logger.debug("[{}] {}; it is tried again", this.server, failure.toString());
		}
	}

	private Exception connectOnce() {
		try (BlockingChannel connected = this.connector.get()) {
			this.channel = connected;
			if (!this.stopped) {
				handle(connected);
			}
			return new IOException("%s has ended".formatted(connected));
		}
		catch (Exception ex) {
			return ex;
		}
	}

	private void handle(BlockingChannel connected) throws Exception {
		long begun = System.nanoTime();
		try {
			this.handler.handle(connected);
		}
		finally {
			// With TLS 1.3 a server refuses its client only after that has connected
			if (connected.hasReceived() || System.nanoTime() - begun > LET_IN_NANOS) {
				this.waits.reset();
			}
		}
	}

	// The channel first: an interrupt breaks what a virtual thread is blocked in
	private void stop(Thread thread) {
		this.stopped = true;
		BlockingChannel connected = this.channel;
		if (connected != null) {
			connected.close();
		}
		thread.interrupt();
	}

	private static boolean isConfiguration(Exception failure) {
		return failure instanceof MtlsException known && known.isConfiguration();
	}

	private static Exception thrown(@Nullable Throwable cause) {
		if (cause instanceof Error error) {
			throw error;
		}
		return (cause instanceof Exception exception) ? exception : new IllegalStateException(cause);
	}

}
