package dev.mtls.boot.grpc;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;

import io.grpc.Attributes;
import io.grpc.Context;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.ServerCall;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import org.jspecify.annotations.Nullable;

/**
 * A call as gRPC has it before any interceptor, and its handler behind all of them, which
 * notes what it is told.
 */
final class TestCall extends ServerCall<String, String> {

	/**
	 * What the client was sent.
	 */
	final List<String> sent = new CopyOnWriteArrayList<>();

	/**
	 * What the handler was told.
	 */
	final List<String> told = new CopyOnWriteArrayList<>();

	private final CompletableFuture<Status> status = new CompletableFuture<>();

	private final Attributes attributes;

	private @Nullable Listener<String> listener;

	private @Nullable ServerCall<String, String> handled;

	private @Nullable Context context;

	private @Nullable String peer;

	TestCall(Attributes attributes) {
		this.attributes = attributes;
	}

	void begin(ServerInterceptor interceptor) {
		this.listener = interceptor.interceptCall(this, new Metadata(), (call, headers) -> {
			this.handled = call;
			this.context = Context.current();
			return new Handler();
		});
	}

	Listener<String> listener() {
		return Objects.requireNonNull(this.listener);
	}

	/**
	 * The call as its handler has it.
	 * @return the call
	 */
	ServerCall<String, String> handled() {
		return Objects.requireNonNull(this.handled);
	}

	boolean isHandled() {
		return this.handled != null;
	}

	Context context() {
		return Objects.requireNonNull(this.context);
	}

	/**
	 * Who the handler is told that the peer is, at its first message.
	 * @return the name, or {@code null} if it is told nothing
	 */
	@Nullable String peer() {
		return this.peer;
	}

	/**
	 * Wait for the end of the call.
	 * @return its status
	 * @throws Exception if it does not end within a second
	 */
	Status status() throws Exception {
		return this.status.get(1, TimeUnit.SECONDS);
	}

	boolean isClosed() {
		return this.status.isDone();
	}

	@Override
	public void request(int numMessages) {
	}

	@Override
	public void sendHeaders(Metadata headers) {
		this.sent.add("headers");
	}

	@Override
	public void sendMessage(String message) {
		this.sent.add(message);
	}

	@Override
	public void close(Status status, Metadata trailers) {
		if (!this.status.complete(status)) {
			throw new IllegalStateException("call already closed");
		}
	}

	@Override
	public boolean isReady() {
		return true;
	}

	@Override
	public boolean isCancelled() {
		return false;
	}

	@Override
	public Attributes getAttributes() {
		return this.attributes;
	}

	@Override
	public MethodDescriptor<String, String> getMethodDescriptor() {
		return MethodDescriptor.<String, String>newBuilder()
			.setType(MethodDescriptor.MethodType.BIDI_STREAMING)
			.setFullMethodName("test.Echo/Stream")
			.setRequestMarshaller(new TextMarshaller())
			.setResponseMarshaller(new TextMarshaller())
			.build();
	}

	/**
	 * The handler.
	 */
	private final class Handler extends Listener<String> {

		@Override
		public void onMessage(String message) {
			TestCall.this.peer = GrpcPeer.current().map((identity) -> identity.displayName()).orElse(null);
			TestCall.this.told.add(message);
		}

		@Override
		public void onHalfClose() {
			TestCall.this.told.add("half-close");
		}

		@Override
		public void onCancel() {
			TestCall.this.told.add("cancel");
		}

		@Override
		public void onComplete() {
			TestCall.this.told.add("complete");
		}

		@Override
		public void onReady() {
			TestCall.this.told.add("ready");
		}

	}

	/**
	 * Text as UTF-8.
	 */
	static final class TextMarshaller implements MethodDescriptor.Marshaller<String> {

		@Override
		public InputStream stream(String value) {
			return new ByteArrayInputStream(value.getBytes(StandardCharsets.UTF_8));
		}

		@Override
		public String parse(InputStream stream) {
			try {
				return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
			}
			catch (IOException ex) {
				throw new UncheckedIOException(ex);
			}
		}

	}

}
