package dev.mtls.cli.doctor;

import java.net.InetAddress;
import java.net.UnknownHostException;

/**
 * Asks for the addresses of a host.
 */
@FunctionalInterface
interface HostResolver {

	/**
	 * Resolve a host.
	 * @param host a host name or IP address
	 * @return its addresses, at least one
	 * @throws UnknownHostException if it has none
	 */
	InetAddress[] resolve(String host) throws UnknownHostException;

}
