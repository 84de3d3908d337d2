package dev.mtls.tcp.tunnel;

/**
 * Is told of the sessions of a tunnel, on their event loops. Must not block.
 */
public interface TunnelSessionListener {

	/**
	 * A session began: its client was accepted, and admitted where the TLS is on that
	 * side. It is not connected to the target yet.
	 * @param session the session
	 */
	default void started(TunnelSession session) {
	}

	/**
	 * A session ended, and both of its connections are closed.
	 * @param session the session, with its end
	 */
	default void ended(TunnelSession session) {
	}

}
