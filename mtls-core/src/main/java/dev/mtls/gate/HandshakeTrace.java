package dev.mtls.gate;

import java.net.InetAddress;

import org.jspecify.annotations.Nullable;

import dev.mtls.event.TlsSession;

/**
 * Is told the story of each handshake while somebody wants to read it.
 */
public interface HandshakeTrace {

	/**
	 * Nobody reads.
	 */
	HandshakeTrace OFF = new HandshakeTrace() {

		@Override
		public boolean isEnabled() {
			return false;
		}

		@Override
		public void trace(String gate, @Nullable InetAddress address, @Nullable TlsSession tls,
				Explanation explanation) {
		}

	};

	/**
	 * Whether anybody reads. Asked at each handshake, so that nothing is made that nobody
	 * reads.
	 * @return {@code false} if nothing needs to be told
	 */
	boolean isEnabled();

	/**
	 * Tell how a peer was decided on. Must neither block nor throw.
	 * @param gate the name of the gate
	 * @param address the peer's address, or {@code null} where it is not known
	 * @param tls the session, or {@code null} if the handshake failed
	 * @param explanation what the gate looked at, and what it says
	 */
	void trace(String gate, @Nullable InetAddress address, @Nullable TlsSession tls, Explanation explanation);

}
