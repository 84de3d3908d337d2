package dev.mtls.boot.rsocket;

import java.net.InetSocketAddress;
import java.util.Objects;
import java.util.function.Function;

import io.rsocket.Closeable;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.rsocket.server.RSocketServer;
import org.springframework.boot.web.server.PortInUseException;
import reactor.core.publisher.Mono;
import reactor.netty.ChannelBindException;

/**
 * {@link RSocketServer} on a port of its own.
 *
 * @param <T> the type of what listens
 */
final class GatedRSocketServer<T extends Closeable> implements RSocketServer {

	private static final Log logger = LogFactory.getLog(GatedRSocketServer.class);

	private final Mono<T> starter;

	private final Function<T, InetSocketAddress> address;

	private @Nullable T listener;

	GatedRSocketServer(Mono<T> starter, Function<T, InetSocketAddress> address) {
		this.starter = starter;
		this.address = address;
	}

	@Override
	public synchronized void start() {
		if (this.listener != null) {
			return;
		}
		T started = bind();
		this.listener = started;
		logger.info("RSocket started on port " + this.address.apply(started).getPort());
		// An application may have nothing else that keeps it running
		Thread wait = new Thread(() -> started.onClose().block(), "rsocket");
		wait.setDaemon(false);
		wait.start();
	}

	@Override
	public synchronized void stop() {
		if (this.listener != null) {
			this.listener.dispose();
			this.listener = null;
		}
	}

	@Override
	public synchronized @Nullable InetSocketAddress address() {
		return (this.listener != null) ? this.address.apply(this.listener) : null;
	}

	private T bind() {
		try {
			return Objects.requireNonNull(this.starter.block());
		}
		catch (ChannelBindException ex) {
			throw new PortInUseException(ex.localPort(), ex);
		}
	}

}
