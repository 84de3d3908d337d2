package dev.mtls.boot.netty;

import java.net.InetSocketAddress;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

import io.netty.channel.Channel;
import io.netty.handler.codec.http.HttpRequest;
import reactor.netty.http.server.ConnectionInfo;

/**
 * The addresses that proxies told for their connections, for the requests on these.
 * Reactor Netty has a place for them only where netty-codec-haproxy is on the class path.
 */
final class ToldAddresses {

	private final Map<InetSocketAddress, InetSocketAddress> peers = new ConcurrentHashMap<>();

	/**
	 * Keep the address of a peer for as long as its connection stands.
	 * @param channel the connection
	 * @param proxy the address at the other end of the socket
	 * @param peer the address that was told
	 */
	void add(Channel channel, InetSocketAddress proxy, InetSocketAddress peer) {
		this.peers.put(proxy, peer);
		channel.closeFuture().addListener((closed) -> this.peers.remove(proxy, peer));
	}

	ConnectionInfo apply(ConnectionInfo connection, HttpRequest request) {
		InetSocketAddress proxy = connection.getRemoteAddress();
		InetSocketAddress peer = (proxy != null) ? this.peers.get(proxy) : null;
		return (peer != null) ? connection.withRemoteAddress(peer) : connection;
	}

}
