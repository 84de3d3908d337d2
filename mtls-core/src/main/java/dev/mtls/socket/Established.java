package dev.mtls.socket;

import java.net.InetSocketAddress;

import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSession;
import javax.net.ssl.SSLSocket;

import dev.mtls.gate.LiveConnection;

/**
 * A connection whose handshake is complete and whose peer was admitted.
 *
 * @param tcp the socket beneath TLS
 * @param tls the socket over it
 * @param session the session with which the peer was admitted
 * @param live the connection as its gate knows it
 * @param address the address and port of the peer
 * @param peer the peer, for messages
 */
record Established(TcpSocket tcp, SSLSocket tls, SSLSession session, LiveConnection live, InetSocketAddress address,
		String peer) {

	/**
	 * Whether the peer negotiated again, by which it could become another (RFC 5246,
	 * section 7.4.1.1).
	 * @return whether it did
	 */
	boolean isRenegotiated() {
		return this.tls.getSession() != this.session;
	}

	/**
	 * Why a connection ends when its peer negotiates again.
	 * @param peer the peer, for messages
	 * @return what is thrown
	 */
	static SSLException renegotiated(String peer) {
		return new SSLException("Connection with %s: it renegotiated, and could be another peer now".formatted(peer));
	}

}
