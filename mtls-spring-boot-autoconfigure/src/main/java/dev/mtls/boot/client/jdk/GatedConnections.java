package dev.mtls.boot.client.jdk;

import java.lang.ref.Cleaner;
import java.lang.ref.WeakReference;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.WeakHashMap;
import java.util.concurrent.ConcurrentHashMap;

import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSession;

import org.jspecify.annotations.Nullable;

import dev.mtls.boot.client.gate.ClientGeneration;
import dev.mtls.decision.Decision;
import dev.mtls.decision.Reason;
import dev.mtls.event.TlsSession;
import dev.mtls.gate.LiveConnection;
import dev.mtls.gate.PendingHandshake;

/**
 * The connections of one client and the exchanges on them. The JDK gives no hold on a
 * connection, so one is cut in three steps: its engine lets nothing more pass, the
 * exchanges with its server end, and a request that fails before its first byte has the
 * JDK take an idle connection out of its pool and close it.
 */
final class GatedConnections {

	private static final Cleaner CLEANER = Cleaner.create();

	private static final Decision.Deny CLOSED = new Decision.Deny(Reason.INTERNAL, "the client is closed");

	private final Set<Exchange> exchanges = ConcurrentHashMap.newKeySet();

	// Those that the JDK closed without a word are not kept
	private final Set<GatedSslEngine> engines = Collections
		.synchronizedSet(Collections.newSetFromMap(new WeakHashMap<>()));

	private final ClientGeneration generation;

	private volatile boolean closed;

	private final IdleConnections idle;

	GatedConnections(ClientGeneration generation, IdleConnections idle) {
		this.generation = generation;
		this.idle = idle;
	}

	ClientGeneration generation() {
		return this.generation;
	}

	/**
	 * Make the engine of a connection that is about to be made.
	 * @param engine the engine that does the work
	 * @param host the host
	 * @param port the port
	 * @return the engine
	 */
	GatedSslEngine engine(SSLEngine engine, String host, int port) {
		this.generation.checkOpen();
		if (this.closed) {
			throw new IllegalStateException("The client is closed");
		}
		GatedSslEngine gated = new GatedSslEngine(engine, host, port, this);
		this.engines.add(gated);
		return gated;
	}

	/**
	 * Cut all connections, and let none be made any more.
	 */
	void close() {
		this.closed = true;
		List<GatedSslEngine> open;
		synchronized (this.engines) {
			open = List.copyOf(this.engines);
		}
		open.stream().filter(GatedSslEngine::isOpen).forEach((engine) -> engine.cut(CLOSED));
	}

	void begin(Exchange exchange) {
		this.exchanges.add(exchange);
	}

	void end(Exchange exchange) {
		this.exchanges.remove(exchange);
	}

	PendingHandshake handshake(WeakReference<GatedSslEngine> engine) {
		Decision.Deny timeout = new Decision.Deny(Reason.HANDSHAKE_TIMEOUT, "the handshake was not complete after %d ms"
			.formatted(this.generation.gate().settings().handshakeTimeout().toMillis()));
		return this.generation.gate().handshake(null, () -> cut(engine, timeout));
	}

	LiveConnection admit(WeakReference<GatedSslEngine> engine, SSLSession session, @Nullable TlsSession tls,
			String host) throws SSLException {
		this.generation.askRevocation(session).join();
		return this.generation.admit(session, tls, host, null, (denial) -> cut(engine, denial));
	}

	// The JDK closes some connections without a word to their engine
	void closedWhenUnreachable(GatedSslEngine engine, LiveConnection connection) {
		CLEANER.register(engine, connection::closed);
	}

	void handshakeFailed(SSLEngine engine, SSLException failure) {
		this.generation.gate().handshakeFailed(engine, null, failure);
	}

	void cut(GatedSslEngine engine, Decision.Deny denial) {
		String host = engine.getPeerHost();
		int port = engine.getPeerPort();
		for (Exchange exchange : this.exchanges) {
			if (exchange.isWith(host, port)) {
				exchange.cut(denial);
			}
		}
		this.idle.close(engine);
	}

	private static void cut(WeakReference<GatedSslEngine> reference, Decision.Deny denial) {
		GatedSslEngine engine = reference.get();
		if (engine != null) {
			engine.cut(denial);
		}
	}

}
