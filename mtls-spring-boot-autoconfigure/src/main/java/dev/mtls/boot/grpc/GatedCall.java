package dev.mtls.boot.grpc;

import io.grpc.Context;
import io.grpc.ForwardingServerCall.SimpleForwardingServerCall;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.Status;

import dev.mtls.decision.Decision;
import dev.mtls.gate.LiveConnection;

/**
 * A call that runs only as long as its peer is admitted. It is ended by another thread
 * than the one on which its handler answers, and a call is not safe for use by both:
 * hence the lock. What the handler still sends afterwards goes nowhere.
 *
 * @param <ReqT> the type of its requests
 * @param <RespT> the type of its responses
 */
final class GatedCall<ReqT, RespT> extends SimpleForwardingServerCall<ReqT, RespT> {

	private final LiveConnection connection;

	private final Context.CancellableContext context;

	private boolean closed;

	private volatile boolean cut;

	GatedCall(ServerCall<ReqT, RespT> call, LiveConnection connection, Context.CancellableContext context) {
		super(call);
		this.connection = connection;
		this.context = context;
	}

	/**
	 * Whether the peer is still admitted. If it no longer is, the call has been ended
	 * when this returns, unless the connection itself has ended.
	 * @return {@code false} if nothing may be given to the handler any more
	 */
	boolean isServed() {
		boolean admitted = this.connection.isAdmitted();
		endIfCut();
		return admitted && !this.cut;
	}

	/**
	 * Whether the call was ended because the peer is no longer admitted.
	 * @return whether it was
	 */
	boolean isCut() {
		return this.cut;
	}

	/**
	 * End the call if its peer is no longer admitted.
	 */
	void endIfCut() {
		Decision.Deny denial = this.connection.denial();
		if (denial != null && end(CallStatus.of(denial))) {
			// The handler may be in a loop that looks at nothing else
			this.context.cancel(null);
		}
	}

	@Override
	public synchronized void sendHeaders(Metadata headers) {
		if (!this.cut) {
			super.sendHeaders(headers);
		}
	}

	@Override
	public synchronized void sendMessage(RespT message) {
		if (!this.cut) {
			super.sendMessage(message);
		}
	}

	@Override
	public synchronized void close(Status status, Metadata trailers) {
		if (!this.cut) {
			this.closed = true;
			super.close(status, trailers);
		}
	}

	@Override
	public boolean isReady() {
		return !this.cut && super.isReady();
	}

	@Override
	public boolean isCancelled() {
		return this.cut || super.isCancelled();
	}

	private synchronized boolean end(Status status) {
		if (this.closed || this.cut) {
			return false;
		}
		this.cut = true;
		try {
			super.close(status, new Metadata());
		}
		catch (IllegalStateException ex) {
			// An interceptor further out has closed it; the other calls have to end as
			// well
		}
		return true;
	}

}
