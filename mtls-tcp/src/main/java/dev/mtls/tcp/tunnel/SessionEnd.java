package dev.mtls.tcp.tunnel;

import java.util.Locale;

/**
 * Why a session of a tunnel ended.
 */
public enum SessionEnd {

	/**
	 * Both sides closed in order.
	 */
	COMPLETE,

	/**
	 * The side that connected to the tunnel broke off.
	 */
	CLIENT_RESET,

	/**
	 * The side that the tunnel connected to broke off.
	 */
	TARGET_RESET,

	/**
	 * The target could not be connected to.
	 */
	CONNECT_FAILED,

	/**
	 * The target is a TLS server that was refused, or that refused this tunnel.
	 */
	TARGET_REFUSED,

	/**
	 * The peer was no longer admitted.
	 */
	PEER_CUT,

	/**
	 * There were as many connections as are allowed.
	 */
	CONNECTION_LIMIT,

	/**
	 * Nothing was sent in either direction for the idle timeout.
	 */
	IDLE_TIMEOUT,

	/**
	 * The session was as old as one may become.
	 */
	LIFETIME,

	/**
	 * One side had closed, and the other sent nothing for the close timeout.
	 */
	CLOSE_TIMEOUT,

	/**
	 * The tunnel was shut down.
	 */
	SHUTDOWN,

	/**
	 * A defect in this software.
	 */
	FAILED;

	/**
	 * The name as logs and metrics write it.
	 * @return the name, such as {@code idle-timeout}
	 */
	public String code() {
		return name().toLowerCase(Locale.ROOT).replace('_', '-');
	}

}
