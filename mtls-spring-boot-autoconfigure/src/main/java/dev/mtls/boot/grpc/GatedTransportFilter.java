package dev.mtls.boot.grpc;

import java.net.InetAddress;
import java.net.InetSocketAddress;

import io.grpc.Attributes;
import io.grpc.Grpc;
import io.grpc.ServerTransportFilter;
import org.jspecify.annotations.Nullable;

import dev.mtls.decision.Decision;
import dev.mtls.gate.Gate;

/**
 * Knows each connection of a gRPC server from its handshake to its end.
 */
final class GatedTransportFilter extends ServerTransportFilter {

	private final Gate gate;

	private final boolean certificateRequired;

	GatedTransportFilter(Gate gate, boolean certificateRequired) {
		this.gate = gate;
		this.certificateRequired = certificateRequired;
	}

	/**
	 * Note a connection whose handshake is complete. An exception ends it.
	 */
	@Override
	public Attributes transportReady(Attributes attributes) {
		InetAddress address = (attributes
			.get(Grpc.TRANSPORT_ATTR_REMOTE_ADDR) instanceof InetSocketAddress socketAddress)
					? socketAddress.getAddress() : null;
		if (address != null && this.gate.admitAddress(address) instanceof Decision.Deny denial) {
			throw CallStatus.of(denial).asRuntimeException();
		}
		GatedTransport transport = new GatedTransport(this.gate, this.certificateRequired,
				attributes.get(Grpc.TRANSPORT_ATTR_SSL_SESSION), address);
		return attributes.toBuilder().set(GatedTransport.KEY, transport).build();
	}

	/**
	 * Forget a connection that has ended.
	 * @param attributes its attributes, or {@code null} if it ended before it was ready
	 */
	@Override
	public void transportTerminated(@Nullable Attributes attributes) {
		GatedTransport transport = (attributes != null) ? attributes.get(GatedTransport.KEY) : null;
		if (transport != null) {
			transport.terminated();
		}
	}

}
