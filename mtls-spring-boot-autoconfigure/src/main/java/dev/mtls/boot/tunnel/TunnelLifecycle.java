package dev.mtls.boot.tunnel;

import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.context.SmartLifecycle;
import reactor.core.publisher.Mono;

import dev.mtls.decision.MtlsException;
import dev.mtls.tcp.tunnel.MtlsTunnel;
import dev.mtls.tcp.tunnel.RunningTunnel;
import dev.mtls.tcp.tunnel.TunnelSessionListener;

/**
 * Starts the tunnels of the application with its context, and stops them gracefully: no
 * more connections are accepted, and sessions come to their end within the shutdown
 * timeout, while everything else of the application still runs.
 */
public final class TunnelLifecycle implements SmartLifecycle, AutoCloseable {

	/**
	 * The phase in which the web server of Spring Boot shuts down gracefully.
	 */
	static final int PHASE = SmartLifecycle.DEFAULT_PHASE - 1024;

	private static final Log logger = LogFactory.getLog(TunnelLifecycle.class);

	private final Map<String, MtlsTunnel> tunnels;

	private final ObjectProvider<TunnelSessionListener> listeners;

	// What has been closed stays, for those who count
	private final Map<String, RunningTunnel> started = new LinkedHashMap<>();

	private @Nullable Instant startedAt;

	private boolean running;

	/**
	 * Create it.
	 * @param tunnels the tunnels by name
	 * @param listeners are told of the sessions
	 */
	public TunnelLifecycle(Map<String, MtlsTunnel> tunnels, ObjectProvider<TunnelSessionListener> listeners) {
		this.tunnels = new LinkedHashMap<>(tunnels);
		this.listeners = listeners;
	}

	/**
	 * The names of the tunnels.
	 * @return the names, also of those that were not started
	 */
	public Set<String> names() {
		return Set.copyOf(this.tunnels.keySet());
	}

	/**
	 * A tunnel, such as for its port where any free one was to be chosen.
	 * @param name the name of the tunnel
	 * @return the tunnel, which may have been closed
	 * @throws IllegalStateException if there is no such tunnel, or it was not started
	 */
	public RunningTunnel tunnel(String name) {
		RunningTunnel tunnel = find(name);
		if (tunnel == null) {
			throw new IllegalStateException("No tunnel '%s' was started".formatted(name));
		}
		return tunnel;
	}

	/**
	 * Find a tunnel.
	 * @param name the name of the tunnel
	 * @return the tunnel, which may have been closed, or {@code null} if it was not
	 * started
	 */
	public synchronized @Nullable RunningTunnel find(String name) {
		return this.started.get(name);
	}

	/**
	 * All tunnels.
	 * @return those that were started, which may have been closed
	 */
	public synchronized Collection<RunningTunnel> tunnels() {
		return List.copyOf(this.started.values());
	}

	/**
	 * When the tunnels were started.
	 * @return the time, or {@code null} if they were not
	 */
	public synchronized @Nullable Instant startedAt() {
		return this.startedAt;
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
		this.started.clear();
		TunnelSessionListener listener = new SessionListeners(this.listeners.orderedStream().toList());
		try {
			this.tunnels.forEach((name, tunnel) -> this.started.put(name, started(tunnel.sessionListener(listener))));
		}
		catch (RuntimeException ex) {
			close();
			throw ex;
		}
		this.startedAt = Instant.now();
		this.running = true;
		if (!this.started.isEmpty()) {
			keepRunning(tunnels());
		}
	}

	@Override
	public void stop() {
		drained().block();
	}

	@Override
	public void stop(Runnable callback) {
		drained().subscribe(null, (failure) -> {
			logger.warn("A tunnel did not stop gracefully", failure);
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
	 * Cut every session, where nothing stopped the tunnels before, as after a start that
	 * failed elsewhere.
	 */
	@Override
	public void close() {
		Mono.whenDelayError(stopping().stream().map((tunnel) -> tunnel.close(Duration.ZERO)).toList()).block();
	}

	private static RunningTunnel started(MtlsTunnel tunnel) {
		return tunnel.start().blockOptional().orElseThrow();
	}

	private Mono<Void> drained() {
		Collection<RunningTunnel> stopping = stopping();
		int connections = stopping.stream().mapToInt(RunningTunnel::connections).sum();
		if (connections > 0) {
			logger.info("Waiting for %d connections of tunnels to come to their end".formatted(connections));
		}
		return Mono.whenDelayError(stopping.stream().map(RunningTunnel::close).toList());
	}

	private synchronized Collection<RunningTunnel> stopping() {
		this.running = false;
		return tunnels();
	}

	// An application may have nothing else that keeps it running
	private static void keepRunning(Collection<RunningTunnel> tunnels) {
		Mono<Void> closed = Mono.whenDelayError(tunnels.stream().map(RunningTunnel::onClose).toList())
			.onErrorComplete();
		Thread wait = new Thread(closed::block, "mtls-tunnels");
		wait.setDaemon(false);
		wait.start();
	}

}
