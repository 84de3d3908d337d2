package dev.mtls.tcp.channel.blocking;

/**
 * What makes connections.
 */
interface Network {

	/**
	 * Connect to a server.
	 * @param hostAndPort the server
	 * @return the connection
	 * @throws dev.mtls.decision.MtlsException if there is none
	 */
	Transport connect(String hostAndPort);

	/**
	 * Listen for connections.
	 * @param hostAndPort the address of this host and a port
	 * @return accepts them
	 * @throws dev.mtls.decision.MtlsException if that is not possible
	 */
	Acceptor listen(String hostAndPort);

}
