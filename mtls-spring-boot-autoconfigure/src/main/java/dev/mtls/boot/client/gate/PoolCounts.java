package dev.mtls.boot.client.gate;

/**
 * What a connection pool holds at a time.
 *
 * @param leased the number of connections that requests use
 * @param available the number of connections that wait for a request
 * @param pending the number of requests that wait for a connection
 */
public record PoolCounts(int leased, int available, int pending) {

	/**
	 * An empty pool.
	 */
	public static final PoolCounts NONE = new PoolCounts(0, 0, 0);

	/**
	 * Count two pools as one.
	 * @param other the other pool
	 * @return the sum
	 */
	public PoolCounts plus(PoolCounts other) {
		return new PoolCounts(this.leased + other.leased, this.available + other.available,
				this.pending + other.pending);
	}

}
