package dev.mtls.boot.tunnel;

import java.util.List;
import java.util.function.Consumer;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

import dev.mtls.tcp.tunnel.TunnelSession;
import dev.mtls.tcp.tunnel.TunnelSessionListener;

/**
 * Tells every {@link TunnelSessionListener}. One that throws harms neither the others nor
 * the session.
 */
final class SessionListeners implements TunnelSessionListener {

	private static final Log logger = LogFactory.getLog(SessionListeners.class);

	private final List<TunnelSessionListener> listeners;

	SessionListeners(List<TunnelSessionListener> listeners) {
		this.listeners = List.copyOf(listeners);
	}

	@Override
	public void started(TunnelSession session) {
		tell((listener) -> listener.started(session));
	}

	@Override
	public void ended(TunnelSession session) {
		tell((listener) -> listener.ended(session));
	}

	private void tell(Consumer<TunnelSessionListener> message) {
		for (TunnelSessionListener listener : this.listeners) {
			try {
				message.accept(listener);
			}
			catch (Throwable ex) {
				logger.error("Listener %s failed on a session".formatted(listener.getClass().getName()), ex);
			}
		}
	}

}
