package dev.mtls.tcp.pool;

import java.time.Duration;
import java.util.function.Function;

import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.pool.InstrumentedPool;
import reactor.pool.PoolAcquirePendingLimitException;
import reactor.pool.PoolAcquireTimeoutException;
import reactor.pool.PoolBuilder;
import reactor.pool.PoolShutdownException;
import reactor.pool.PooledRef;
import reactor.pool.PooledRefMetadata;

import dev.mtls.decision.MtlsException;
import dev.mtls.decision.Reason;
import dev.mtls.tcp.TcpConnection;
import dev.mtls.tcp.client.MtlsTcpClient;

/**
 * A bounded pool of the connections that a client makes, to protocols in which one user
 * at a time has a connection and leaves nothing behind. Connections that died, that have
 * something left to be read, or that were made with other material or rules than the
 * current ones are not lent again. Safe for use by any number of threads.
 */
public final class MtlsTcpPool implements AutoCloseable {

	private static final Duration CLOSE_BOUND = Duration.ofSeconds(10);

	private final MtlsTcpClient client;

	private final PoolLimits limits;

	private final InstrumentedPool<Pooled> pool;

	private MtlsTcpPool(MtlsTcpClient client, PoolLimits limits) {
		this.client = client;
		this.limits = limits;
		this.pool = PoolBuilder.from(Mono.defer(this::connect))
			.sizeBetween(0, limits.maxConnections())
			.maxPendingAcquire(limits.maxPending())
			.evictionPredicate(this::isEvicted)
			.evictInBackground(limits.evictionInterval())
			.destroyHandler(MtlsTcpPool::destroy)
			.buildPool();
	}

	/**
	 * Create a pool, which connects when a connection is asked for.
	 * @param client the client
	 * @param limits the bounds of the pool
	 * @return the pool, which its user has to close
	 */
	public static MtlsTcpPool create(MtlsTcpClient client, PoolLimits limits) {
		return new MtlsTcpPool(client, limits);
	}

	/**
	 * Use a connection for one exchange. It fails with an {@link java.io.IOException} if
	 * the server closes the connection while it is lent: only the caller knows whether
	 * the exchange may be made twice.
	 * @param <T> what the use gives
	 * @param use the use. When it completes, the connection goes back to the pool; when
	 * it fails or is cancelled, the connection is closed, because nobody knows what is on
	 * its way
	 * @return what the use gives, or an {@link MtlsException}: with
	 * {@code POOL_EXHAUSTED} if no connection came free in time or too many wait already,
	 * or what tells why none could be made
	 */
	public <T> Mono<T> use(Function<TcpConnection, ? extends Mono<? extends T>> use) {
		return Mono.usingWhen(acquire(), (ref) -> use.apply(ref.poolable().connection()), PooledRef::release,
				(ref, failure) -> ref.invalidate(), PooledRef::invalidate);
	}

	/**
	 * Use a connection for several answers. Who takes fewer than there are cancels the
	 * use.
	 * @param <T> what the use gives
	 * @param use the use, whose end is that of {@link #use}
	 * @return what the use gives, or a failure as that of {@link #use}
	 */
	public <T> Flux<T> useMany(Function<TcpConnection, ? extends Publisher<? extends T>> use) {
		return Flux.usingWhen(acquire(), (ref) -> use.apply(ref.poolable().connection()), PooledRef::release,
				(ref, failure) -> ref.invalidate(), PooledRef::invalidate);
	}

	/**
	 * How many connections are in use.
	 * @return the number
	 */
	public int acquired() {
		return this.pool.metrics().acquiredSize();
	}

	/**
	 * How many connections wait to be used.
	 * @return the number
	 */
	public int idle() {
		return this.pool.metrics().idleSize();
	}

	/**
	 * How many uses wait for a connection.
	 * @return the number
	 */
	public int pending() {
		return this.pool.metrics().pendingAcquireSize();
	}

	/**
	 * Lend no more connections, and close those that are not in use; the others are
	 * closed when their use ends.
	 */
	@Override
	public void close() {
		this.pool.disposeLater().block(CLOSE_BOUND);
	}

	@Override
	public String toString() {
		return "MtlsTcpPool[%s, %d in use, %d idle, %d pending]".formatted(this.client.server(), acquired(), idle(),
				pending());
	}

	private Mono<PooledRef<Pooled>> acquire() {
		return this.pool.acquire(this.limits.acquireTimeout()).onErrorMap(this::isPoolFailure, this::exhausted);
	}

	private Mono<Pooled> connect() {
		// Asked for first: what is made is of this generation or newer
		long generation = this.client.gate().generation();
		return this.client.connect().map((connection) -> new Pooled(connection.reusable(), generation));
	}

	private boolean isEvicted(Pooled pooled, PooledRefMetadata metadata) {
		return !pooled.connection().isIdle() || pooled.generation() != this.client.gate().generation()
				|| metadata.idleTime() > this.limits.maxIdleTime().toMillis()
				|| metadata.lifeTime() > this.limits.maxLifetime().toMillis();
	}

	private boolean isPoolFailure(Throwable failure) {
		return failure instanceof PoolAcquirePendingLimitException || failure instanceof PoolAcquireTimeoutException
				|| failure instanceof PoolShutdownException;
	}

	private MtlsException exhausted(Throwable failure) {
		return new MtlsException(Reason.POOL_EXHAUSTED, this.client.server(),
				"the pool lends no connection: " + failure.getMessage(), Reason.POOL_EXHAUSTED.fix(), failure);
	}

	private static Mono<Void> destroy(Pooled pooled) {
		return Mono.fromRunnable(pooled.connection()::close);
	}

	/**
	 * A connection of the pool.
	 *
	 * @param connection the connection
	 * @param generation the generation of the gate with which it was made
	 */
	private record Pooled(TcpConnection connection, long generation) {
	}

}
