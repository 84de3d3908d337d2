package dev.mtls.source;

import java.io.ByteArrayOutputStream;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;

import org.jspecify.annotations.Nullable;

import dev.mtls.decision.MtlsException;
import dev.mtls.decision.Reason;

/**
 * The body of a response, read up to a limit whatever length the server says it has. What
 * comes with another status than 200 is not read at all.
 */
final class HttpBody implements HttpResponse.BodySubscriber<byte[]> {

	private static final int OK = 200;

	private static final int MAX_LOCATION = 200;

	private final String place;

	private final int limit;

	private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

	private final CompletableFuture<byte[]> content = new CompletableFuture<>();

	private Flow.@Nullable Subscription subscription;

	HttpBody(String place, int limit, HttpResponse.ResponseInfo head) {
		this.place = place;
		this.limit = limit;
		if (head.statusCode() != OK) {
			this.content.completeExceptionally(unexpected(head));
		}
		else if (head.headers().firstValueAsLong("Content-Length").orElse(0) > limit) {
			this.content.completeExceptionally(tooLarge());
		}
	}

	@Override
	public CompletionStage<byte[]> getBody() {
		return this.content;
	}

	@Override
	public void onSubscribe(Flow.Subscription newSubscription) {
		this.subscription = newSubscription;
		if (this.content.isDone()) {
			newSubscription.cancel();
		}
		else {
			newSubscription.request(Long.MAX_VALUE);
		}
	}

	@Override
	public void onNext(List<ByteBuffer> buffers) {
		for (ByteBuffer buffer : buffers) {
			if (this.content.isDone()) {
				return;
			}
			if (buffer.remaining() > this.limit - this.bytes.size()) {
				refuseRest();
				return;
			}
			byte[] next = new byte[buffer.remaining()];
			buffer.get(next);
			this.bytes.writeBytes(next);
		}
	}

	@Override
	public void onError(Throwable failure) {
		this.content.completeExceptionally(failure);
	}

	@Override
	public void onComplete() {
		this.content.complete(this.bytes.toByteArray());
	}

	private void refuseRest() {
		if (this.subscription != null) {
			this.subscription.cancel();
		}
		this.content.completeExceptionally(tooLarge());
	}

	private MtlsException tooLarge() {
		return new MtlsException(Reason.SOURCE_UNREADABLE, this.place,
				"The answer has more than %d bytes".formatted(this.limit), "Check that it is the right address");
	}

	private MtlsException unexpected(HttpResponse.ResponseInfo head) {
		if (head.statusCode() / 100 == 3) {
			String location = head.headers().firstValue("Location").orElse("nowhere");
			String target = location.substring(0, Math.min(location.length(), MAX_LOCATION));
			return new MtlsException(Reason.SOURCE_UNREADABLE, this.place,
					"The answer is a redirect (%d) to %s, which is not followed".formatted(head.statusCode(), target),
					"Name the address that has the document");
		}
		return new MtlsException(Reason.SOURCE_UNREADABLE, this.place,
				"The answer has the status %d instead of 200".formatted(head.statusCode()),
				"Check the address, and the log of the server");
	}

}
