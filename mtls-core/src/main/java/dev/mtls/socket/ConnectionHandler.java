package dev.mtls.socket;

/**
 * Serves one connection.
 *
 * @see MtlsListener#serve
 */
@FunctionalInterface
public interface ConnectionHandler {

	/**
	 * Serve a connection, on a thread of its own. The connection is closed when this
	 * returns or throws.
	 * @param connection the connection, whose peer was admitted
	 * @throws Exception if that fails, which ends this connection only
	 */
	void handle(MtlsConnection connection) throws Exception;

}
