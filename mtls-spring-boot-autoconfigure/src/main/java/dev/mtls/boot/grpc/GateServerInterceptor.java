package dev.mtls.boot.grpc;

import io.grpc.Context;
import io.grpc.Contexts;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;

import dev.mtls.decision.Decision;
import dev.mtls.decision.Reason;
import dev.mtls.decision.Verdict;
import dev.mtls.gate.LiveConnection;

/**
 * Serves a call only while its peer is admitted, and tells its handler who that is.
 */
final class GateServerInterceptor implements ServerInterceptor {

	private static final Decision.Deny NO_TRANSPORT = new Decision.Deny(Reason.INTERNAL,
			"another transport filter has dropped the attributes of the connection");

	@Override
	public <ReqT, RespT> ServerCall.Listener<ReqT> interceptCall(ServerCall<ReqT, RespT> call, Metadata headers,
			ServerCallHandler<ReqT, RespT> next) {
		GatedTransport transport = call.getAttributes().get(GatedTransport.KEY);
		if (transport == null) {
			return CallStatus.refuse(call, NO_TRANSPORT);
		}
		Verdict<LiveConnection> verdict = transport.admit();
		if (verdict instanceof Verdict.Refused<LiveConnection> refused) {
			return CallStatus.refuse(call, refused.denial());
		}
		LiveConnection connection = ((Verdict.Accepted<LiveConnection>) verdict).value();
		// Ends together with the context of the call, from which it comes
		Context.CancellableContext context = Context.current()
			.withValue(GrpcPeer.IDENTITY, connection.identity())
			.withCancellation();
		GatedCall<ReqT, RespT> gated = new GatedCall<>(call, connection, context);
		if (!transport.begin(gated)) {
			return new ServerCall.Listener<>() {
			};
		}
		try {
			return new GatedCallListener<>(Contexts.interceptCall(context, gated, headers, next), gated, transport);
		}
		catch (RuntimeException | Error ex) {
			transport.end(gated);
			throw ex;
		}
	}

}
