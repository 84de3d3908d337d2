package dev.mtls.boot.proxyprotocol;

import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.Optional;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

import dev.mtls.decision.Decision;
import dev.mtls.decision.Reason;
import dev.mtls.decision.Verdict;
import dev.mtls.gate.Gate;
import dev.mtls.gate.PendingHandshake;

/**
 * The header of a connection that has not come as a whole yet. It may take as long as a
 * handshake. What is refused is told.
 */
public final class PendingHeader {

	private static final Log logger = LogFactory.getLog(PendingHeader.class);

	private final Gate gate;

	private final InetSocketAddress proxy;

	private final PendingHandshake time;

	PendingHeader(Gate gate, InetSocketAddress proxy, Runnable closer) {
		this.gate = gate;
		this.proxy = proxy;
		// Without an address, because limits of addresses are about those behind the
		// proxy
		this.time = gate.handshake(null, closer);
	}

	/**
	 * Read what has come.
	 * @param bytes all that has come so far; the header is consumed when it is complete
	 * @return the address of the peer, which the gate admitted; nothing if there has to
	 * come more; or the denial, upon which the connection is to be reset
	 */
	public Verdict<Optional<InetSocketAddress>> read(ByteBuffer bytes) {
		try {
			ProxyHeader header = ProxyHeader.read(bytes);
			if (header == null) {
				return Verdict.accepted(Optional.empty());
			}
			if (!this.time.ended()) {
				return Verdict.refused(Reason.HANDSHAKE_TIMEOUT, "the header came too late");
			}
			return admit((header.source() != null) ? header.source() : this.proxy);
		}
		catch (MalformedHeaderException ex) {
			return refuse(new Decision.Deny(Reason.ADDRESS_NOT_ALLOWED,
					"the proxy tells no address that can be read: " + ex.problem()));
		}
		catch (RuntimeException ex) {
			logger.error("The gate failed to decide on a connection, which is therefore refused", ex);
			this.time.ended();
			return Verdict.refused(Reason.INTERNAL, "the gate failed");
		}
	}

	/**
	 * To be called when the connection has ended for whatever reason. More than once does
	 * no harm.
	 */
	public void closed() {
		refuse(new Decision.Deny(Reason.ADDRESS_NOT_ALLOWED, "the proxy went away before it had told an address"));
	}

	private Verdict<Optional<InetSocketAddress>> admit(InetSocketAddress peer) {
		return (this.gate.admitAddress(peer.getAddress()) instanceof Decision.Deny denial)
				? new Verdict.Refused<>(denial) : Verdict.accepted(Optional.of(peer));
	}

	private Verdict<Optional<InetSocketAddress>> refuse(Decision.Deny denial) {
		if (this.time.ended()) {
			this.gate.forwarded().failed(this.proxy.getAddress(), denial);
		}
		return new Verdict.Refused<>(denial);
	}

}
