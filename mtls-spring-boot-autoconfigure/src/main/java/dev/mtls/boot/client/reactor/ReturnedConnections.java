package dev.mtls.boot.client.reactor;

import java.util.concurrent.Executor;

import io.netty.channel.EventLoop;
import io.netty.util.concurrent.FastThreadLocal;
import org.jspecify.annotations.Nullable;

/**
 * Runs what follows the end of a body after its connection is back in the pool, so that
 * requests one after the other use one connection. Reactor Netty returns it right behind
 * the end of the body, on the same event loop, so the next task of that comes later.
 */
final class ReturnedConnections implements Executor {

	// Netty does not tell which event loop a thread is
	private static final FastThreadLocal<@Nullable EventLoop> CURRENT = new FastThreadLocal<>();

	/**
	 * Remember the event loop of a connection.
	 * @param eventLoop the event loop
	 */
	static void on(EventLoop eventLoop) {
		if (eventLoop.inEventLoop()) {
			CURRENT.set(eventLoop);
		}
	}

	@Override
	public void execute(Runnable task) {
		EventLoop eventLoop = CURRENT.get();
		if (eventLoop == null || eventLoop.isShuttingDown()) {
			task.run();
			return;
		}
		eventLoop.execute(task);
	}

}
