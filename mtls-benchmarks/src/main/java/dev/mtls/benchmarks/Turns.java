package dev.mtls.benchmarks;

import java.util.Objects;

import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscription;
import reactor.core.publisher.BaseSubscriber;
import reactor.core.publisher.Mono;
import reactor.core.publisher.MonoSink;

/**
 * Asks for one message at a time.
 */
final class Turns extends BaseSubscriber<byte[]> {

	private volatile @Nullable MonoSink<byte[]> waiting;

	Mono<byte[]> next() {
		return Mono.create((sink) -> {
			this.waiting = sink;
			request(1);
		});
	}

	@Override
	protected void hookOnSubscribe(Subscription subscription) {
		// Nothing is asked for before somebody waits
	}

	@Override
	protected void hookOnNext(byte[] message) {
		Objects.requireNonNull(this.waiting).success(message);
	}

}
