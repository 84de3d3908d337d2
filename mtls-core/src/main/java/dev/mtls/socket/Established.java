package dev.mtls.socket;

import java.net.InetSocketAddress;

import javax.net.ssl.SSLSocket;

import dev.mtls.gate.LiveConnection;

/**
 * A connection whose handshake is complete and whose peer was admitted.
 *
 * @param tcp the socket beneath TLS
 * @param tls the socket over it
 * @param live the connection as its gate knows it
 * @param address the address and port of the peer
 * @param peer the peer, for messages
 */
record Established(TcpSocket tcp, SSLSocket tls, LiveConnection live, InetSocketAddress address, String peer) {

}
