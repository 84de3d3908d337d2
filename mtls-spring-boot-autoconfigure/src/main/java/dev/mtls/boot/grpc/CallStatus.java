package dev.mtls.boot.grpc;

import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.Status;

import dev.mtls.decision.Decision;

/**
 * The status that answers a refused call.
 */
final class CallStatus {

	private CallStatus() {
	}

	/**
	 * The status for a denial. Its description is the code of the reason and not the
	 * detail, which would tell a refused peer what the rules are.
	 * @param denial why the call is refused
	 * @return {@code UNAUTHENTICATED} when there is no certificate, else
	 * {@code PERMISSION_DENIED}
	 */
	static Status of(Decision.Deny denial) {
		Status status = switch (denial.reason()) {
			case CERTIFICATE_MISSING -> Status.UNAUTHENTICATED;
			default -> Status.PERMISSION_DENIED;
		};
		return status.withDescription(denial.reason().code());
	}

	/**
	 * Answer a call before its handler is reached.
	 * @param <ReqT> the type of its requests
	 * @param call the call
	 * @param denial why it is refused
	 * @return a listener that ignores what still comes
	 */
	static <ReqT> ServerCall.Listener<ReqT> refuse(ServerCall<ReqT, ?> call, Decision.Deny denial) {
		call.close(of(denial), new Metadata());
		return new ServerCall.Listener<>() {
		};
	}

}
