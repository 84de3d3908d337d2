package dev.mtls.boot.grpc;

import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.Status;
import io.grpc.Status.Code;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.StreamObserver;

import dev.mtls.decision.Reason;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A stream to the {@linkplain GrpcApplication#ECHO echo} of a server.
 */
final class TestStream implements StreamObserver<String> {

	private final BlockingQueue<String> messages = new LinkedBlockingQueue<>();

	private final CompletableFuture<Status> status = new CompletableFuture<>();

	private final StreamObserver<String> requests;

	TestStream(Channel channel) throws InterruptedException {
		this.requests = ClientCalls.asyncBidiStreamingCall(channel.newCall(GrpcApplication.ECHO, CallOptions.DEFAULT),
				this);
		assertRuns();
	}

	void assertRuns() throws InterruptedException {
		this.requests.onNext("hello");
		assertThat(this.messages.poll(10, TimeUnit.SECONDS)).isEqualTo("hello");
	}

	/**
	 * Expect that the server ends the stream.
	 * @param reason why
	 * @throws Exception if it does not within a second
	 */
	void assertEnded(Reason reason) throws Exception {
		TestChannel.assertRefused(this.status.get(1, TimeUnit.SECONDS), Code.PERMISSION_DENIED, reason);
	}

	@Override
	public void onNext(String message) {
		this.messages.add(message);
	}

	@Override
	public void onError(Throwable failure) {
		this.status.complete(Status.fromThrowable(failure));
	}

	@Override
	public void onCompleted() {
		this.status.complete(Status.OK);
	}

}
