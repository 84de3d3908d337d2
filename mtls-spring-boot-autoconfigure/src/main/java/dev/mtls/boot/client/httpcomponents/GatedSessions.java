package dev.mtls.boot.client.httpcomponents;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

import org.apache.hc.core5.reactor.IOSession;
import org.apache.hc.core5.reactor.IOSessionListener;

/**
 * {@link IOSessionListener} through which the connections of a reactive client learn that
 * they have ended.
 */
final class GatedSessions implements IOSessionListener {

	private final Map<String, GatedSession> sessions = new ConcurrentHashMap<>();

	void add(String id, GatedSession session) {
		this.sessions.put(id, session);
	}

	@Override
	public void disconnected(IOSession session) {
		GatedSession gated = this.sessions.remove(session.getId());
		if (gated != null) {
			gated.disconnected();
		}
	}

	@Override
	public void connected(IOSession session) {
	}

	@Override
	public void startTls(IOSession session) {
	}

	@Override
	public void inputReady(IOSession session) {
	}

	@Override
	public void outputReady(IOSession session) {
	}

	@Override
	public void timeout(IOSession session) {
	}

	@Override
	public void exception(IOSession session, Exception failure) {
	}

}
