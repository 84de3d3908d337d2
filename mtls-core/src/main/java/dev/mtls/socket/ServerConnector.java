package dev.mtls.socket;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.SocketException;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

import org.jspecify.annotations.Nullable;

import dev.mtls.address.HostAndPort;
import dev.mtls.decision.Decision;
import dev.mtls.decision.MtlsException;
import dev.mtls.decision.Reason;
import dev.mtls.gate.Gate;
import dev.mtls.tls.TlsProfile;

/**
 * Connects to servers: to the first of a host's addresses that is allowed and answers.
 */
final class ServerConnector {

	private final Gate gate;

	private final Duration timeout;

	private final Set<TcpSocket> connecting = ConcurrentHashMap.newKeySet();

	private volatile boolean closed;

	ServerConnector(Gate gate, Duration timeout) {
		this.gate = gate;
		this.timeout = timeout;
	}

	/**
	 * Connect, shake hands, and have the server admitted.
	 * @param server the server
	 * @param profile what may be negotiated
	 * @return the connection
	 * @throws MtlsException if there is none, with the reason
	 */
	Established connect(HostAndPort server, TlsProfile profile) {
		TcpSocket socket = connectTcp(server);
		try {
			return SocketHandshake.withServer(this.gate, profile, socket, server);
		}
		finally {
			this.connecting.remove(socket);
		}
	}

	/**
	 * End what is in progress. Nobody looks for handshakes that take too long any more.
	 */
	void close() {
		this.closed = true;
		this.connecting.forEach(TcpSocket::reset);
	}

	private TcpSocket connectTcp(HostAndPort server) {
		Decision.Deny denial = null;
		IOException failure = null;
		for (InetAddress address : resolve(server)) {
			// The very address that is connected to, and not the name, which may change
			if (this.gate.admitAddress(address) instanceof Decision.Deny denied) {
				denial = denied;
				continue;
			}
			try {
				return connectTcp(new InetSocketAddress(address, server.port()));
			}
			catch (IOException ex) {
				failure = withSuppressed(ex, failure);
			}
		}
		if (failure == null && denial != null) {
			throw Refusal.ofConnection(server.toString(), denial, null);
		}
		throw Refusal.ofConnection(server.toString(), new Decision.Deny(Reason.CONNECT_FAILED,
				"the connection could not be made: " + ((failure != null) ? Refusal.messageOf(failure) : "no address")),
				failure);
	}

	private TcpSocket connectTcp(InetSocketAddress address) throws IOException {
		TcpSocket socket = new TcpSocket(Proxy.NO_PROXY);
		this.connecting.add(socket);
		try {
			if (this.closed) {
				throw new SocketException("The context is closed");
			}
			socket.connect(address, Timeouts.millis(this.timeout));
			return socket;
		}
		catch (IOException | RuntimeException ex) {
			this.connecting.remove(socket);
			socket.reset();
			throw ex;
		}
	}

	private static InetAddress[] resolve(HostAndPort server) {
		try {
			return InetAddress.getAllByName(server.host());
		}
		catch (UnknownHostException ex) {
			throw Refusal.ofConnection(server.toString(),
					new Decision.Deny(Reason.HOST_UNRESOLVED, "the host could not be resolved"), ex);
		}
	}

	private static IOException withSuppressed(IOException failure, @Nullable IOException earlier) {
		if (earlier != null) {
			failure.addSuppressed(earlier);
		}
		return failure;
	}

}
