package dev.mtls.tcp;

import java.util.ArrayDeque;
import java.util.Deque;

import io.netty.channel.EventLoop;
import io.netty.util.ReferenceCountUtil;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscription;
import reactor.core.CoreSubscriber;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Operators;

/**
 * The input of a connection to which one can subscribe again when the subscriber before
 * has cancelled. In between it is read on, so that an end is noticed; what comes then is
 * for nobody, and nobody may use the input any more.
 * <p>
 * All state is that of the event loop.
 */
final class ReusableInput extends Flux<Object> {

	private static final int PREFETCH = 32;

	private final EventLoop eventLoop;

	private final Upstream upstream = new Upstream();

	private final Deque<Object> queue = new ArrayDeque<>();

	private @Nullable Subscription subscription;

	private @Nullable Downstream downstream;

	private long outstanding;

	private boolean draining;

	private boolean done;

	private @Nullable Throwable failure;

	private volatile boolean used;

	ReusableInput(Flux<?> input, EventLoop eventLoop) {
		this.eventLoop = eventLoop;
		input.subscribe(this.upstream);
	}

	/**
	 * Whether somebody may subscribe.
	 * @return {@code false} if somebody has, if something came that was for nobody, or if
	 * the input has ended
	 */
	boolean isIdle() {
		return !this.used;
	}

	@Override
	public void subscribe(CoreSubscriber<? super Object> actual) {
		run(() -> begin(actual));
	}

	private void begin(CoreSubscriber<? super Object> actual) {
		if (this.downstream != null) {
			Operators.error(actual, new IllegalStateException("Somebody receives from this connection already"));
			return;
		}
		Downstream next = new Downstream(actual);
		this.downstream = next;
		this.used = true;
		actual.onSubscribe(next);
		drain();
	}

	private void cancelled(Downstream cancelled) {
		if (this.downstream == cancelled) {
			this.downstream = null;
			boolean clean = this.queue.isEmpty() && !this.done;
			this.queue.forEach(ReferenceCountUtil::release);
			this.queue.clear();
			this.used = !clean;
			drain();
		}
	}

	private void drain() {
		if (this.draining) {
			return;
		}
		this.draining = true;
		try {
			while (this.downstream != null && this.downstream.demand > 0 && !this.queue.isEmpty()) {
				deliver(this.downstream, this.queue.remove());
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
		long wanted = (this.downstream != null) ? Math.min(this.downstream.demand, PREFETCH) : 1;
		long missing = wanted - this.outstanding - this.queue.size();
		if (missing > 0 && this.subscription != null && !this.done) {
			this.outstanding += missing;
			this.subscription.request(missing);
		}
	}

	private static void deliver(Downstream downstream, Object message) {
		downstream.demand--;
		try {
			downstream.actual.onNext(message);
		}
		finally {
			ReferenceCountUtil.release(message);
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
	private final class Upstream implements CoreSubscriber<Object> {

		@Override
		public void onSubscribe(Subscription subscription) {
			ReusableInput.this.subscription = subscription;
			request();
		}

		@Override
		public void onNext(Object message) {
			ReusableInput.this.outstanding--;
			if (ReusableInput.this.downstream == null) {
				ReusableInput.this.used = true;
			}
			else {
				ReusableInput.this.queue.add(ReferenceCountUtil.retain(message));
			}
			drain();
		}

		@Override
		public void onError(Throwable failure) {
			ReusableInput.this.failure = failure;
			onComplete();
		}

		@Override
		public void onComplete() {
			ReusableInput.this.done = true;
			ReusableInput.this.used = true;
			drain();
		}

	}

	/**
	 * Who receives at present.
	 */
	private final class Downstream implements Subscription {

		private final CoreSubscriber<? super Object> actual;

		private long demand;

		private Downstream(CoreSubscriber<? super Object> actual) {
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
			run(() -> cancelled(this));
		}

	}

}
