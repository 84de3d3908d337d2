package dev.mtls.boot.forwarded;

/**
 * Reads the chain that a proxy forwards in a format.
 */
@FunctionalInterface
interface ChainReader {

	/**
	 * Read the chain.
	 * @param fields the fields of the request
	 * @return the certificates, the client's own first; empty if none is forwarded
	 * @throws MalformedFieldException if a field is malformed or exceeds a bound
	 */
	DerCertificates read(RequestFields fields) throws MalformedFieldException;

}
