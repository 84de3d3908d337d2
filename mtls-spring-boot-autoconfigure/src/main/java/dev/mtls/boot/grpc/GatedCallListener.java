package dev.mtls.boot.grpc;

import io.grpc.ForwardingServerCallListener.SimpleForwardingServerCallListener;
import io.grpc.ServerCall;

/**
 * Gives nothing to the handler of a call once its peer is no longer admitted, but that
 * the call is cancelled.
 *
 * @param <ReqT> the type of the requests
 */
final class GatedCallListener<ReqT> extends SimpleForwardingServerCallListener<ReqT> {

	private final GatedCall<ReqT, ?> call;

	private final GatedTransport transport;

	GatedCallListener(ServerCall.Listener<ReqT> listener, GatedCall<ReqT, ?> call, GatedTransport transport) {
		super(listener);
		this.call = call;
		this.transport = transport;
	}

	@Override
	public void onMessage(ReqT message) {
		if (this.call.isServed()) {
			super.onMessage(message);
		}
	}

	@Override
	public void onHalfClose() {
		if (this.call.isServed()) {
			super.onHalfClose();
		}
	}

	@Override
	public void onReady() {
		if (!this.call.isCut()) {
			super.onReady();
		}
	}

	@Override
	public void onCancel() {
		this.transport.end(this.call);
		super.onCancel();
	}

	@Override
	public void onComplete() {
		this.transport.end(this.call);
		if (this.call.isCut()) {
			super.onCancel();
			return;
		}
		super.onComplete();
	}

}
