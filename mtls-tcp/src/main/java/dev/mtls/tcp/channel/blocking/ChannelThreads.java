package dev.mtls.tcp.channel.blocking;

import java.util.Objects;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicLong;

import dev.mtls.socket.VirtualThreads;

/**
 * Threads that use channels, virtual ones where the JDK has them. They keep no JVM alive.
 */
final class ChannelThreads {

	private static final String PREFIX = "mtls-channel-";

	private static final ThreadFactory FACTORY = Objects.requireNonNullElseGet(VirtualThreads.factory(PREFIX),
			ChannelThreads::daemons);

	private ChannelThreads() {
	}

	/**
	 * Run a task that may block.
	 * @param task the task
	 * @return its thread
	 */
	static Thread start(Runnable task) {
		Thread thread = FACTORY.newThread(task);
		thread.start();
		return thread;
	}

	/**
	 * Tell what nobody catches, without ending the thread.
	 * @param failure what was thrown
	 */
	static void uncaught(Throwable failure) {
		Thread thread = Thread.currentThread();
		thread.getUncaughtExceptionHandler().uncaughtException(thread, failure);
	}

	private static ThreadFactory daemons() {
		AtomicLong number = new AtomicLong();
		return (task) -> {
			Thread thread = new Thread(task, PREFIX + number.getAndIncrement());
			thread.setDaemon(true);
			return thread;
		};
	}

}
