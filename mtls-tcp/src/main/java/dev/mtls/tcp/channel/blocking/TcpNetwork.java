package dev.mtls.tcp.channel.blocking;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.Objects;

import org.jspecify.annotations.Nullable;

import dev.mtls.address.AddressSet;
import dev.mtls.address.HostAndPort;
import dev.mtls.decision.Decision;
import dev.mtls.decision.MtlsException;
import dev.mtls.decision.Reason;

/**
 * Bare TCP connections.
 *
 * @param connectTimeout bounds a connection to one address
 * @param allowed the addresses that peers may have, or {@code null} for all
 */
record TcpNetwork(Duration connectTimeout, @Nullable AddressSet allowed) implements Network {

	private static final int BACKLOG = 50;

	boolean allows(InetAddress address) {
		return this.allowed == null || this.allowed.contains(address);
	}

	@Override
	public Transport connect(String hostAndPort) {
		HostAndPort server = HostAndPort.ofPeer(hostAndPort);
		InetAddress denied = null;
		IOException failure = null;
		for (InetAddress address : resolve(server)) {
			// The very address that is connected to, and not the name, which may change
			if (!allows(address)) {
				denied = address;
				continue;
			}
			try {
				return connect(new InetSocketAddress(address, server.port()));
			}
			catch (IOException ex) {
				if (failure != null) {
					ex.addSuppressed(failure);
				}
				failure = ex;
			}
		}
		if (failure == null && denied != null) {
			throw MtlsException.refused(server.toString(), new Decision.Deny(Reason.ADDRESS_NOT_ALLOWED,
					denied.getHostAddress() + " is in no allowed network"));
		}
		throw new MtlsException(Reason.CONNECT_FAILED, server.toString(),
				"no connection, because the connection could not be made: "
						+ ((failure != null) ? messageOf(failure) : "no address"),
				Reason.CONNECT_FAILED.fix(), failure);
	}

	@Override
	public Acceptor listen(String hostAndPort) {
		HostAndPort local = HostAndPort.ofListener(hostAndPort);
		try {
			InetAddress address = InetAddress.getByName(local.host());
			ServerSocket server = new ServerSocket();
			try {
				server.bind(new InetSocketAddress(address, local.port()), BACKLOG);
				return new TcpAcceptor(this, server);
			}
			catch (IOException | RuntimeException ex) {
				server.close();
				throw ex;
			}
		}
		catch (UnknownHostException ex) {
			throw new MtlsException(Reason.HOST_UNRESOLVED, local.toString(), "the host could not be resolved",
					"name an address of this host, or 0.0.0.0 for all", ex);
		}
		catch (IOException ex) {
			throw new MtlsException(Reason.BIND_FAILED, local.toString(), "it cannot be listened at: " + messageOf(ex),
					Reason.BIND_FAILED.fix(), ex);
		}
	}

	static String messageOf(Throwable failure) {
		return Objects.requireNonNullElse(failure.getMessage(), failure.getClass().getSimpleName());
	}

	private Transport connect(InetSocketAddress address) throws IOException {
		Socket socket = new Socket(Proxy.NO_PROXY);
		try {
			socket.connect(address, TcpTransport.millis(this.connectTimeout));
			return new TcpTransport(socket);
		}
		catch (IOException | RuntimeException ex) {
			socket.close();
			throw ex;
		}
	}

	private static InetAddress[] resolve(HostAndPort server) {
		try {
			return InetAddress.getAllByName(server.host());
		}
		catch (UnknownHostException ex) {
			throw new MtlsException(Reason.HOST_UNRESOLVED, server.toString(),
					"no connection, because the host could not be resolved", Reason.HOST_UNRESOLVED.fix(), ex);
		}
	}

}
