package dev.mtls.boot.jetty;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.channels.NetworkChannel;
import java.nio.channels.SelectableChannel;
import java.nio.channels.SocketChannel;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.eclipse.jetty.io.SelectorManager;
import org.jspecify.annotations.Nullable;

import dev.mtls.boot.proxyprotocol.ProxyProtocol;
import dev.mtls.decision.Decision;
import dev.mtls.gate.Gate;

/**
 * Asks the gate for each accepted socket before a byte is read or written. Jetty goes on
 * with a socket whatever is thrown here, so it is closed.
 */
final class AddressCheck implements SelectorManager.AcceptListener {

	private static final Log logger = LogFactory.getLog(AddressCheck.class);

	private final Gate gate;

	private final @Nullable ProxyProtocol proxyProtocol;

	AddressCheck(Gate gate, @Nullable ProxyProtocol proxyProtocol) {
		this.gate = gate;
		this.proxyProtocol = proxyProtocol;
	}

	@Override
	public void onAccepting(SelectableChannel channel) {
		if (!isAllowed(channel)) {
			reset(channel);
		}
	}

	/**
	 * The address at the other end of a socket, whatever a proxy may say.
	 * @param channel the socket
	 * @return the address, or {@code null} if the socket has none any more
	 */
	static @Nullable InetAddress addressOf(SelectableChannel channel) {
		try {
			return (channel instanceof SocketChannel socket
					&& socket.getRemoteAddress() instanceof InetSocketAddress address) ? address.getAddress() : null;
		}
		catch (IOException ex) {
			logger.debug("A connection ended before it was looked at", ex);
			return null;
		}
	}

	private boolean isAllowed(SelectableChannel channel) {
		try {
			InetAddress address = addressOf(channel);
			if (address == null) {
				return false;
			}
			return (this.proxyProtocol != null) ? this.proxyProtocol.admitProxy(address)
					: this.gate.admitAddress(address) instanceof Decision.Allow;
		}
		catch (RuntimeException ex) {
			logger.error("The gate failed to decide on a connection, which is therefore refused", ex);
			return false;
		}
	}

	private static void reset(SelectableChannel channel) {
		try (channel) {
			if (channel instanceof NetworkChannel socket) {
				socket.setOption(StandardSocketOptions.SO_LINGER, 0);
			}
		}
		catch (IOException ex) {
			logger.debug("A refused connection is closed without a reset", ex);
		}
	}

}
