package dev.mtls.boot.jetty;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.util.Optional;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.eclipse.jetty.io.AbstractConnection;
import org.eclipse.jetty.io.Connection;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.server.ConnectionFactory;
import org.eclipse.jetty.server.Connector;
import org.eclipse.jetty.server.ProxyConnectionFactory.ProxyEndPoint;
import org.eclipse.jetty.util.BufferUtil;
import org.jspecify.annotations.Nullable;

import dev.mtls.boot.proxyprotocol.PendingHeader;
import dev.mtls.boot.proxyprotocol.ProxyProtocol;
import dev.mtls.decision.Verdict;

/**
 * A connection of which the header of the PROXY protocol is read. What follows the header
 * is handed to the next connection, for which the peer has the address that it told.
 */
final class ProxyHeaderConnection extends AbstractConnection implements Connection.UpgradeFrom {

	private static final Log logger = LogFactory.getLog(ProxyHeaderConnection.class);

	private final ProxyProtocol protocol;

	private final Connector connector;

	private final ConnectionFactory next;

	private final ByteBuffer bytes = BufferUtil.allocate(ProxyProtocol.maxLength());

	private @Nullable PendingHeader header;

	ProxyHeaderConnection(ProxyProtocol protocol, EndPoint endPoint, Connector connector, ConnectionFactory next) {
		super(endPoint, connector.getExecutor());
		this.protocol = protocol;
		this.connector = connector;
		this.next = next;
	}

	@Override
	public void onOpen() {
		super.onOpen();
		if (getEndPoint().getRemoteSocketAddress() instanceof InetSocketAddress proxy) {
			this.header = this.protocol.begin(proxy, this::reset);
			fillInterested();
		}
		else {
			close();
		}
	}

	@Override
	public void onFillable() {
		try {
			int filled = getEndPoint().fill(this.bytes);
			while (filled > 0) {
				if (!wantsMore()) {
					return;
				}
				filled = getEndPoint().fill(this.bytes);
			}
			if (filled < 0) {
				close();
			}
			else {
				fillInterested();
			}
		}
		catch (IOException ex) {
			logger.debug("A connection ended before its header had come", ex);
			close();
		}
	}

	@Override
	public ByteBuffer onUpgradeFrom() {
		return this.bytes;
	}

	@Override
	public void onClose(@Nullable Throwable cause) {
		super.onClose(cause);
		if (this.header != null) {
			this.header.closed();
		}
	}

	private boolean wantsMore() {
		if (this.header != null
				&& this.header.read(this.bytes) instanceof Verdict.Accepted<Optional<InetSocketAddress>> accepted) {
			accepted.value().ifPresent(this::upgrade);
			return accepted.value().isEmpty();
		}
		reset();
		return false;
	}

	private void upgrade(InetSocketAddress peer) {
		EndPoint endPoint = getEndPoint();
		endPoint.upgrade(this.next.newConnection(this.connector,
				new ProxyEndPoint(endPoint, endPoint.getLocalSocketAddress(), peer)));
	}

	private void reset() {
		if (getEndPoint().getTransport() instanceof SocketChannel channel) {
			try {
				channel.setOption(StandardSocketOptions.SO_LINGER, 0);
			}
			catch (IOException ex) {
				logger.debug("A refused connection is closed without a reset", ex);
			}
		}
		getExecutor().execute(getEndPoint()::close);
	}

}
