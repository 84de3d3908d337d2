package dev.mtls.tcp.netty;

import io.netty.channel.IoHandle;
import io.netty.channel.IoHandler;
import io.netty.channel.IoHandlerContext;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.IoOps;
import io.netty.channel.IoRegistration;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollIoOps;

/**
 * Keeps sockets registered with epoll while nothing is waited for at them. Netty (from
 * 4.2.14 on, and 4.2.20 still) removes such a socket and does not add it again. That of a
 * peer that closed its output is one, so that what fills its buffer could not be sent.
 * With this, what epoll reports of it are errors alone, and each once: a socket that the
 * peer has reset stays in error, and would keep its event loop awake.
 */
final class EpollRegistrations implements IoHandler {

	private static final EpollIoOps ERRORS = EpollIoOps.EPOLLERR.with(EpollIoOps.EPOLLET);

	private final IoHandler epoll;

	private EpollRegistrations(IoHandler epoll) {
		this.epoll = epoll;
	}

	static IoHandlerFactory factory() {
		IoHandlerFactory epoll = EpollIoHandler.newFactory();
		return (executor) -> new EpollRegistrations(epoll.newHandler(executor));
	}

	@Override
	public void initialize() {
		this.epoll.initialize();
	}

	@Override
	public int run(IoHandlerContext context) {
		return this.epoll.run(context);
	}

	@Override
	public void prepareToDestroy() {
		this.epoll.prepareToDestroy();
	}

	@Override
	public void destroy() {
		this.epoll.destroy();
	}

	@Override
	public IoRegistration register(IoHandle handle) throws Exception {
		return new Registration(this.epoll.register(handle));
	}

	@Override
	public void wakeup() {
		this.epoll.wakeup();
	}

	@Override
	public boolean isCompatible(Class<? extends IoHandle> handleType) {
		return this.epoll.isCompatible(handleType);
	}

	/**
	 * A registration that stays.
	 *
	 * @param registration that of Netty
	 */
	private record Registration(IoRegistration registration) implements IoRegistration {

		@Override
		@SuppressWarnings("TypeParameterUnusedInFormals")
		public <T> T attachment() {
			return this.registration.attachment();
		}

		@Override
		public long submit(IoOps ops) {
			return this.registration.submit(EpollIoOps.NONE.equals(ops) ? ERRORS : ops);
		}

		@Override
		public boolean isValid() {
			return this.registration.isValid();
		}

		@Override
		public boolean cancel() {
			return this.registration.cancel();
		}

	}

}
