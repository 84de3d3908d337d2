package dev.mtls.tcp.netty;

import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.Epoll;
import io.netty.util.concurrent.DefaultThreadFactory;
import reactor.netty.resources.LoopResources;
import reactor.netty.tcp.TcpResources;

/**
 * Event loops on which a connection can be written to after its peer closed its output,
 * shared by whoever needs that. Where there is no epoll they are those that Reactor Netty
 * shares.
 */
public final class HalfCloseLoops implements LoopResources {

	private final EventLoopGroup epoll = new MultiThreadIoEventLoopGroup(LoopResources.DEFAULT_IO_WORKER_COUNT,
			new DefaultThreadFactory("mtls-tcp", true), EpollRegistrations.factory());

	private HalfCloseLoops() {
	}

	/**
	 * The event loops of this process.
	 * @return the event loops, whose threads do not keep it running
	 */
	public static LoopResources shared() {
		return Shared.LOOPS;
	}

	@Override
	public EventLoopGroup onServer(boolean useNative) {
		return this.epoll;
	}

	@Override
	public boolean daemon() {
		return true;
	}

	/**
	 * Made with the first that needs it.
	 */
	private static final class Shared {

		private static final LoopResources LOOPS = isEpollAvailable() ? new HalfCloseLoops() : TcpResources.get();

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

}
