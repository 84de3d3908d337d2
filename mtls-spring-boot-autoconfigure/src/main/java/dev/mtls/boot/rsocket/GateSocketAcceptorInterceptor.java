package dev.mtls.boot.rsocket;

import java.util.List;

import io.rsocket.ConnectionSetupPayload;
import io.rsocket.RSocket;
import io.rsocket.SocketAcceptor;
import io.rsocket.exceptions.RejectedSetupException;
import io.rsocket.plugins.SocketAcceptorInterceptor;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

import dev.mtls.boot.web.RequestPeer;
import dev.mtls.decision.Decision;
import dev.mtls.decision.Reason;
import dev.mtls.gate.Gate;
import dev.mtls.gate.LiveConnection;
import dev.mtls.trust.VerifiedPeer;

/**
 * Accepts a connection of RSocket only from an admitted peer, and tells its handlers who
 * that is.
 */
final class GateSocketAcceptorInterceptor implements SocketAcceptorInterceptor {

	private final Gate gate;

	private final boolean certificateRequired;

	GateSocketAcceptorInterceptor(Gate gate, boolean certificateRequired) {
		this.gate = gate;
		this.certificateRequired = certificateRequired;
	}

	@Override
	public SocketAcceptor apply(SocketAcceptor acceptor) {
		return (setup, requester) -> Mono.deferContextual((context) -> {
			LiveConnection connection = ConnectionContext.connection(context);
			if (connection == null) {
				return refuse(null, new Decision.Deny(Reason.INTERNAL, "the connection did not come through the gate"));
			}
			Decision.Deny denial = check(setup, connection);
			if (denial == null) {
				return accept(acceptor, setup, requester, connection);
			}
			if (setup.isResumeEnabled()) {
				// Such a connection would wait to be resumed
				requester.dispose();
			}
			return refuse(connection, denial);
		});
	}

	private static Mono<RSocket> accept(SocketAcceptor acceptor, ConnectionSetupPayload setup, RSocket requester,
			LiveConnection connection) {
		RequestPeer peer = peerOf(connection);
		return acceptor.accept(setup, AdmittedRSocket.requester(requester, connection))
			.map((responder) -> AdmittedRSocket.responder(responder, connection, peer))
			.contextWrite((context) -> context.put(RequestPeer.class, peer));
	}

	// The request that became a WebSocket passed no filter: what those decide is decided
	// here
	private Decision.@Nullable Deny check(ConnectionSetupPayload setup, LiveConnection connection) {
		Decision.Deny deferred = connection.admission().deferred();
		if (deferred != null) {
			return deferred;
		}
		if (this.certificateRequired && connection.identity() == null) {
			return new Decision.Deny(Reason.CERTIFICATE_MISSING,
					"the peer presented no certificate, which RSocket needs");
		}
		// Whoever knows its token could go on with it over another connection
		return setup.isResumeEnabled() ? new Decision.Deny(Reason.IDENTITY_NOT_ALLOWED,
				"a session that can be resumed is not bound to its peer") : null;
	}

	private Mono<RSocket> refuse(@Nullable LiveConnection connection, Decision.Deny denial) {
		this.gate.requestRefused((connection != null) ? connection.address() : null,
				(connection != null) ? connection.identity() : null, denial);
		return Mono.error(new RejectedSetupException(denial.reason().code()));
	}

	private static RequestPeer peerOf(LiveConnection connection) {
		VerifiedPeer peer = connection.admission().peer();
		return new RequestPeer((peer != null) ? peer.path().certificates() : List.of(), connection.address());
	}

}
