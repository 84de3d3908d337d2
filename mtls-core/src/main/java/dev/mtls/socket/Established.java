package dev.mtls.socket;

import java.net.InetSocketAddress;

import javax.net.ssl.SSLSocket;

import dev.mtls.event.TlsSession;
import dev.mtls.gate.LiveConnection;

/**
 * A connection whose handshake is complete and whose peer was admitted.
 *
 * @param tcp the socket beneath TLS
 * @param tls the socket over it
 * @param session the session
 * @param live the connection as its gate knows it
 * @param address the address and port of the peer
 * @param peer the peer, for messages
 */
record Established(TcpSocket tcp, SSLSocket tls, TlsSession session, LiveConnection live, InetSocketAddress address,
		String peer) {

}
