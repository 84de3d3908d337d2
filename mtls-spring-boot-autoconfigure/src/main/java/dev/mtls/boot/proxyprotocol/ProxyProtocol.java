package dev.mtls.boot.proxyprotocol;

import java.net.InetAddress;
import java.net.InetSocketAddress;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import dev.mtls.address.AddressSet;
import dev.mtls.address.AddressText;
import dev.mtls.decision.Decision;
import dev.mtls.decision.Reason;
import dev.mtls.gate.Gate;

/**
 * The PROXY protocol before a gate. Each connection has to come from a proxy and to begin
 * with a header; from then on the address that it tells is the peer's.
 */
public final class ProxyProtocol {

	private static final Log logger = LogFactory.getLog(ProxyProtocol.class);

	private final Gate gate;

	private final AddressSet networks;

	/**
	 * Put the protocol before a gate.
	 * @param gate the gate
	 * @param networks where proxies connect from
	 */
	public ProxyProtocol(Gate gate, AddressSet networks) {
		this.gate = gate;
		this.networks = networks;
	}

	/**
	 * The most bytes that a header may have.
	 * @return the bound
	 */
	public static int maxLength() {
		return ProxyHeader.MAX_LENGTH;
	}

	/**
	 * Whether a connection comes from a proxy. To be asked before a byte is read; a
	 * refusal is told, and no mode softens it.
	 * @param address the address at the other end of the socket
	 * @return whether its header is to be read
	 */
	public boolean admitProxy(InetAddress address) {
		try {
			Decision.Deny denial = denialFor(address);
			if (denial != null) {
				this.gate.forwarded().failed(address, denial);
			}
			return denial == null;
		}
		catch (RuntimeException ex) {
			logger.error("The gate failed to decide on a connection, which is therefore refused", ex);
			return false;
		}
	}

	/**
	 * Begin to read the header of a connection.
	 * @param proxy the address at the other end of the socket
	 * @param closer closes the connection at once; must not block
	 * @return the header, whose end has to be told to it
	 */
	public PendingHeader begin(InetSocketAddress proxy, Runnable closer) {
		return new PendingHeader(this.gate, proxy, closer);
	}

	private Decision.@Nullable Deny denialFor(InetAddress address) {
		if (this.gate.admitAnybody() instanceof Decision.Deny denial) {
			return denial;
		}
		return this.networks.contains(address) ? null : new Decision.Deny(Reason.ADDRESS_NOT_ALLOWED,
				AddressText.of(address) + " is in no network of proxies that speak the PROXY protocol");
	}

}
