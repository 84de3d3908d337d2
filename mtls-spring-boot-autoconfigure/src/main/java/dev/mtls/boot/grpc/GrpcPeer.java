package dev.mtls.boot.grpc;

import java.util.Optional;

import io.grpc.Context;

import dev.mtls.identity.PeerIdentity;

/**
 * Who the peer of the current gRPC call is.
 */
public final class GrpcPeer {

	/**
	 * The key in the {@link Context} of a call. There is no value where the peer
	 * presented no certificate and needs none, and in a call that no gate admitted: one
	 * within the process, or through a servlet container.
	 */
	public static final Context.Key<PeerIdentity> IDENTITY = Context.key("mtls-peer");

	private GrpcPeer() {
	}

	/**
	 * The peer of the current call.
	 * @return the identity with which it was admitted; empty outside of a call, and where
	 * there is no {@linkplain #IDENTITY value}
	 */
	public static Optional<PeerIdentity> current() {
		return Optional.ofNullable(IDENTITY.get());
	}

}
