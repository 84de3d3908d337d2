package dev.mtls.boot.tcp;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.springframework.context.SmartLifecycle;
import reactor.core.publisher.Mono;

import dev.mtls.decision.MtlsException;
import dev.mtls.tcp.server.MtlsTcpServer;
import dev.mtls.tcp.server.TcpListener;

/**
 * Starts the TCP servers of the application with its context, and stops them gracefully:
 * no more connections are accepted, and those that stand come to their end within the
 * drain time, while everything else of the application still runs.
 */
public final class TcpServerLifecycle implements SmartLifecycle, AutoCloseable {

	/**
	 * The phase in which the web server of Spring Boot shuts down gracefully.
	 */
	static final int PHASE = SmartLifecycle.DEFAULT_PHASE - 1024;

	private static final Log logger = LogFactory.getLog(TcpServerLifecycle.class);

	private final Map<String, MtlsTcpServer> servers;

	private final TcpConnectionHandlers handlers;

	private final Map<String, TcpListener> listeners = new LinkedHashMap<>();

	private boolean running;

	/**
	 * Create it.
	 * @param servers the servers by name, without their handlers
	 * @param handlers finds the handlers
	 */
	public TcpServerLifecycle(Map<String, MtlsTcpServer> servers, TcpConnectionHandlers handlers) {
		this.servers = new LinkedHashMap<>(servers);
		this.handlers = handlers;
	}

	/**
	 * The server that listens, such as for its port where any free one was to be chosen.
	 * @param server the name of the server
	 * @return what listens
	 * @throws IllegalStateException if there is no such server, or it does not listen
	 */
	public synchronized TcpListener listener(String server) {
		TcpListener listener = this.listeners.get(server);
		if (listener == null) {
			throw new IllegalStateException("No TCP server '%s' listens".formatted(server));
		}
		return listener;
	}

	/**
	 * Begin to listen.
	 * @throws MtlsException if an address cannot be listened at
	 */
	@Override
	public synchronized void start() {
		if (this.running) {
			return;
		}
		try {
			this.servers
				.forEach((name, server) -> this.listeners.put(name, server.handle(this.handlers.get(name)).bindNow()));
		}
		catch (RuntimeException ex) {
			close();
			throw ex;
		}
		this.running = true;
		if (!this.listeners.isEmpty()) {
			keepRunning(List.copyOf(this.listeners.values()));
		}
	}

	@Override
	public void stop() {
		drained().block();
	}

	@Override
	public void stop(Runnable callback) {
		drained().subscribe(null, (failure) -> {
			logger.warn("A TCP server did not stop gracefully", failure);
			callback.run();
		}, callback);
	}

	@Override
	public synchronized boolean isRunning() {
		return this.running;
	}

	@Override
	public int getPhase() {
		return PHASE;
	}

	/**
	 * Not while the context of a test is paused: the port might be another afterwards.
	 */
	@Override
	public boolean isPauseable() {
		return false;
	}

	/**
	 * Cut every connection, where nothing stopped the servers before, as after a start
	 * that failed elsewhere.
	 */
	@Override
	public void close() {
		Mono.whenDelayError(take().stream().map((listener) -> listener.close(Duration.ZERO)).toList()).block();
	}

	private Mono<Void> drained() {
		List<TcpListener> stopping = take();
		int connections = stopping.stream().mapToInt(TcpListener::connections).sum();
		if (connections > 0) {
			logger.info("Waiting for %d connections of TCP servers to come to their end".formatted(connections));
		}
		return Mono.whenDelayError(stopping.stream().map(TcpListener::close).toList());
	}

	private synchronized List<TcpListener> take() {
		List<TcpListener> taken = List.copyOf(this.listeners.values());
		this.listeners.clear();
		this.running = false;
		return taken;
	}

	// An application may have nothing else that keeps it running
	private static void keepRunning(List<TcpListener> listeners) {
		Mono<Void> closed = Mono.whenDelayError(listeners.stream().map(TcpListener::onClose).toList())
			.onErrorComplete();
		Thread wait = new Thread(closed::block, "mtls-tcp");
		wait.setDaemon(false);
		wait.start();
	}

}
