package dev.mtls.tcp.channel;

import java.util.ArrayDeque;
import java.util.Deque;

import io.netty.channel.EventLoop;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscription;
import reactor.core.CoreSubscriber;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Operators;

/**
 * The messages of a channel, for one subscriber after the other: each goes on where the
 * one before has stopped.
 * <p>
 * All state is that of the event loop.
 */
final class MessageInput extends Flux<byte[]> {

	private static final int PREFETCH = 16;

	private final EventLoop eventLoop;

	private final Upstream upstream = new Upstream();

	private final Deque<byte[]> queue = new ArrayDeque<>();

	private @Nullable Subscription subscription;

	private @Nullable Downstream downstream;

	private long outstanding;

	private boolean draining;

	private boolean done;

	private volatile boolean received;

	private @Nullable Throwable failure;

	MessageInput(Flux<?> input, EventLoop eventLoop) {
		this.eventLoop = eventLoop;
		input.cast(byte[].class).subscribe(this.upstream);
	}

	@Override
	public void subscribe(CoreSubscriber<? super byte[]> actual) {
		run(() -> begin(actual));
	}

	/**
	 * Whether the peer has sent a message.
	 * @return whether one was received, be it taken or not
	 */
	boolean hasReceived() {
		return this.received;
	}

	private void begin(CoreSubscriber<? super byte[]> actual) {
		if (this.downstream != null) {
			Operators.error(actual, new IllegalStateException("Somebody receives from this channel already"));
			return;
		}
		Downstream next = new Downstream(actual);
		this.downstream = next;
		actual.onSubscribe(next);
		drain();
	}

	private void drain() {
		if (this.draining) {
			return;
		}
		this.draining = true;
		try {
			while (this.downstream != null && this.downstream.demand > 0 && !this.queue.isEmpty()) {
				this.downstream.demand--;
				this.downstream.actual.onNext(this.queue.remove());
			}
			if (this.downstream != null && this.done && this.queue.isEmpty()) {
				end(this.downstream);
			}
		}
		finally {
			this.draining = false;
		}
		request();
	}

	private void request() {
		long wanted = (this.downstream != null) ? Math.min(this.downstream.demand, PREFETCH) : 0;
		long missing = wanted - this.outstanding - this.queue.size();
		if (missing > 0 && this.subscription != null && !this.done) {
			this.outstanding += missing;
			this.subscription.request(missing);
		}
	}

	private void end(Downstream ended) {
		this.downstream = null;
		if (this.failure != null) {
			ended.actual.onError(this.failure);
		}
		else {
			ended.actual.onComplete();
		}
	}

	private void run(Runnable task) {
		if (this.eventLoop.inEventLoop()) {
			task.run();
		}
		else {
			this.eventLoop.execute(task);
		}
	}

	/**
	 * Subscribes to the input of the connection, once.
	 */
	private final class Upstream implements CoreSubscriber<byte[]> {

		@Override
		public void onSubscribe(Subscription subscription) {
			MessageInput.this.subscription = subscription;
			run(MessageInput.this::request);
		}

		@Override
		public void onNext(byte[] message) {
			run(() -> {
				MessageInput.this.outstanding--;
				MessageInput.this.received = true;
				MessageInput.this.queue.add(message);
				drain();
			});
		}

		@Override
		public void onError(Throwable failure) {
			run(() -> {
				MessageInput.this.failure = failure;
				MessageInput.this.done = true;
				drain();
			});
		}

		@Override
		public void onComplete() {
			run(() -> {
				MessageInput.this.done = true;
				drain();
			});
		}

	}

	/**
	 * Who receives at present.
	 */
	private final class Downstream implements Subscription {

		private final CoreSubscriber<? super byte[]> actual;

		private long demand;

		private Downstream(CoreSubscriber<? super byte[]> actual) {
			this.actual = actual;
		}

		@Override
		public void request(long count) {
			if (Operators.validate(count)) {
				run(() -> {
					this.demand = Operators.addCap(this.demand, count);
					drain();
				});
			}
		}

		@Override
		public void cancel() {
			run(() -> {
				if (MessageInput.this.downstream == this) {
					MessageInput.this.downstream = null;
				}
			});
		}

	}

}
