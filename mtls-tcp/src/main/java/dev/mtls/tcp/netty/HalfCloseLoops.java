package dev.mtls.tcp.netty;

import io.netty.channel.EventLoopGroup;
import io.netty.channel.IoEventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoHandle;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.netty.util.concurrent.FastThreadLocalThread;
import org.jspecify.annotations.Nullable;
import reactor.core.scheduler.NonBlocking;
import reactor.netty.resources.LoopResources;
import reactor.netty.tcp.TcpResources;
import reactor.netty.transport.Transport;
import reactor.netty.transport.TransportConfig;

/**
 * Event loops on which a connection can be written to after its peer closed its output,
 * shared by whoever needs that. Where there is no epoll they are those that Reactor Netty
 * shares.
 */
public final class HalfCloseLoops implements LoopResources {

	private final EventLoopGroup epoll = new MultiThreadIoEventLoopGroup(LoopResources.DEFAULT_IO_WORKER_COUNT,
			new LoopThreads(), EpollRegistrations.factory());

	private HalfCloseLoops() {
	}

	/**
	 * The event loops of this process, which cannot be disposed of.
	 * @return the event loops, whose threads do not keep it running
	 */
	public static LoopResources shared() {
		HalfCloseLoops loops = Shared.LOOPS;
		return (loops != null) ? loops : TcpResources.get();
	}

	/**
	 * Have a server or a client run on these event loops, in place of those of epoll that
	 * Reactor Netty shares.
	 * @param <T> the type of the server or client
	 * @param transport the server or client
	 * @return one that runs on them, or the given one if others were set
	 */
	public static <T extends Transport<T, ? extends TransportConfig>> T runOn(T transport) {
		TransportConfig configuration = transport.configuration();
		HalfCloseLoops loops = Shared.LOOPS;
		return (loops != null && isReplaced(configuration.loopResources()))
				? transport.runOn(loops, configuration.isPreferNative()) : transport;
	}

	@Override
	public EventLoopGroup onServer(boolean useNative) {
		return useNative ? this.epoll : TcpResources.get().onServer(false);
	}

	@Override
	public EventLoopGroup onClient(boolean useNative) {
		return useNative ? Clients.LOOPS : TcpResources.get().onClient(false);
	}

	@Override
	public boolean daemon() {
		return true;
	}

	private static boolean isReplaced(LoopResources loops) {
		return loops == TcpResources.get() && loops.onServer(true) instanceof IoEventLoopGroup group
				&& group.isCompatible(EpollIoHandle.class);
	}

	/**
	 * Made with the first that needs it.
	 */
	private static final class Shared {

		private static final @Nullable HalfCloseLoops LOOPS = isEpollAvailable() ? new HalfCloseLoops() : null;

		// Its classes need not be there
		private static boolean isEpollAvailable() {
			try {
				return Epoll.isAvailable();
			}
			catch (LinkageError ex) {
				return false;
			}
		}

	}

	/**
	 * Made with the first client, because it starts every thread. A connection that is
	 * made on an event loop stays on that.
	 */
	private static final class Clients {

		private static final EventLoopGroup LOOPS = LoopResources.colocate(shared().onServer(true));

	}

	/**
	 * Makes threads that must not be blocked, as those of Reactor Netty.
	 */
	private static final class LoopThreads extends DefaultThreadFactory {

		LoopThreads() {
			super("mtls-tcp-epoll", true);
		}

		@Override
		protected Thread newThread(Runnable loop, String name) {
			return new LoopThread(this.threadGroup, loop, name);
		}

	}

	/**
	 * The thread of an event loop.
	 */
	private static final class LoopThread extends FastThreadLocalThread implements NonBlocking {

		LoopThread(@Nullable ThreadGroup group, Runnable loop, String name) {
			super(group, loop, name);
		}

	}

}
