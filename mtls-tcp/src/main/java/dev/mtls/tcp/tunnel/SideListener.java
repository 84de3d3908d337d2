package dev.mtls.tcp.tunnel;

/**
 * Is told what becomes of a side, on its event loop.
 */
interface SideListener {

	/**
	 * It is connected, and its peer is admitted where it has TLS.
	 * @param side the side
	 */
	void connected(Side side);

	/**
	 * It failed, and is being closed.
	 * @param side the side
	 * @param failure the failure
	 */
	void failed(Side side, Throwable failure);

	/**
	 * It is closed.
	 * @param side the side
	 */
	void closed(Side side);

	/**
	 * Something was received.
	 * @param side the side
	 * @param bytes how many bytes
	 */
	default void received(Side side, int bytes) {
	}

	/**
	 * Its peer sends nothing more.
	 */
	default void inputEnded() {
	}

	/**
	 * Its peer was told that nothing more is sent.
	 */
	default void outputEnded() {
	}

}
