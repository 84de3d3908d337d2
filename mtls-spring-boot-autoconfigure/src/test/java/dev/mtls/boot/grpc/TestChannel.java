package dev.mtls.boot.grpc;

import java.security.cert.Certificate;
import java.util.Objects;
import java.util.concurrent.TimeUnit;

import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.Grpc;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.Status.Code;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.ClientCalls;

import dev.mtls.decision.Reason;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

/**
 * A channel to a {@link GrpcApplication}.
 */
final class TestChannel {

	private final ManagedChannel channel;

	TestChannel(ManagedChannel channel) {
		this.channel = channel;
	}

	/**
	 * Ask the server who calls.
	 * @return what the handler of the call was told
	 */
	String who() {
		return ClientCalls.blockingUnaryCall(this.channel, GrpcApplication.WHO, options(), "");
	}

	TestStream stream() throws InterruptedException {
		return new TestStream(this.channel);
	}

	/**
	 * The certificate that the server presented to this connection.
	 * @return the certificate
	 * @throws Exception if the call fails
	 */
	Certificate certificateOfServer() throws Exception {
		ClientCall<String, String> call = this.channel.newCall(GrpcApplication.WHO, options());
		ClientCalls.futureUnaryCall(call, "").get();
		return Objects.requireNonNull(call.getAttributes().get(Grpc.TRANSPORT_ATTR_SSL_SESSION))
			.getPeerCertificates()[0];
	}

	/**
	 * Give up the connection, so that the next call connects anew.
	 */
	void disconnect() {
		this.channel.enterIdle();
	}

	/**
	 * Expect that no connection comes about.
	 */
	void assertFails() {
		// What is refused after TLS is an error of HTTP/2
		assertThat(refusal().getCode()).isIn(Code.UNAVAILABLE, Code.INTERNAL);
	}

	void assertRefused(Code code, Reason reason) {
		assertRefused(refusal(), code, reason);
	}

	static void assertRefused(Status status, Code code, Reason reason) {
		assertThat(status.getCode()).isEqualTo(code);
		assertThat(status.getDescription()).isEqualTo(reason.code());
	}

	private Status refusal() {
		StatusRuntimeException failure = catchThrowableOfType(StatusRuntimeException.class, this::who);
		assertThat(failure).isNotNull();
		return failure.getStatus();
	}

	private static CallOptions options() {
		return CallOptions.DEFAULT.withDeadlineAfter(10, TimeUnit.SECONDS);
	}

}
