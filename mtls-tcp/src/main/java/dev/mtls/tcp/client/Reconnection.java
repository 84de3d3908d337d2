package dev.mtls.tcp.client;

import java.time.Duration;
import java.time.Instant;
import java.util.function.Function;
import java.util.function.Predicate;

import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.util.Logger;
import reactor.util.Loggers;

import dev.mtls.decision.Category;
import dev.mtls.decision.MtlsException;

/**
 * Connects again whenever a connection ends or cannot be made. The waits begin anew after
 * a connection on which the server sent anything, or that stood for a second: a server
 * may refuse its client only after that has connected.
 *
 * @param <C> the type of connections
 * @param name the name of the client in messages
 * @param waits how long to wait
 * @param hasReceived whether a server has sent anything
 * @param close closes a connection, and completes when it is closed
 */
public record Reconnection<C>(String name, Backoff waits, Predicate<C> hasReceived, Function<C, Mono<Void>> close) {

	private static final Logger logger = Loggers.getLogger(MtlsTcpClient.class);

	private static final Duration LET_IN_AFTER = Duration.ofSeconds(1);

	/**
	 * Stay connected until the subscription is cancelled.
	 * @param connect makes one connection
	 * @param handler handles a connection, which is closed when that completes
	 * @return never completes; fails with the last failure when there are no attempts
	 * left, or at once if the configuration is wrong
	 */
	public Mono<Void> stay(Mono<C> connect, Function<C, Publisher<Void>> handler) {
		return connect.flatMapMany((connection) -> handle(connection, handler))
			.retryWhen(this.waits.retry(Reconnection::isNotConfiguration)
				.transientErrors(true)
				.doBeforeRetry((retry) -> tellRetry(retry.totalRetriesInARow(), retry.failure())))
			.then();
	}

	private Flux<C> handle(C connection, Function<C, Publisher<Void>> handler) {
		Instant begun = Instant.now();
		return Mono
			.usingWhen(Mono.just(connection), (open) -> Mono.fromDirect(handler.apply(open)),
					(open) -> this.close.apply(open))
			.thenMany(Flux.<C>error(() -> new ConnectionEndedException(connection)))
			.onErrorResume((failure) -> isLetIn(connection, begun)
					? Flux.just(connection).concatWith(Mono.error(failure)) : Flux.error(failure));
	}

	private boolean isLetIn(C connection, Instant begun) {
		return this.hasReceived.test(connection) || Duration.between(begun, Instant.now()).compareTo(LET_IN_AFTER) > 0;
	}

	// A server that is away for long is told once
	private void tellRetry(long retriesInARow, Throwable failure) {
		if (retriesInARow == 0) {
			logger.warn("[{}] {}; it is tried again", this.name, failure.toString());
		}
		else {
			logger.debug("[{}] {}; it is tried again", this.name, failure.toString());
		}
	}

	private static boolean isNotConfiguration(Throwable failure) {
		return !(failure instanceof MtlsException known && known.category() == Category.CONFIGURATION);
	}

}
