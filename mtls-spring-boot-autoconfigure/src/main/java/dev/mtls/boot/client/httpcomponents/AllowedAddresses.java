package dev.mtls.boot.client.httpcomponents;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;

import javax.net.ssl.SSLException;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.http.client.FilteredHostException;
import org.springframework.boot.http.client.InetAddressFilter;

import dev.mtls.boot.client.gate.ClientGeneration;
import dev.mtls.decision.Decision;
import dev.mtls.gate.Gate;

/**
 * {@link InetAddressFilter} that asks the gate, and then the application's own. Spring
 * Boot lays it over the resolver whose addresses are connected to.
 */
final class AllowedAddresses implements InetAddressFilter {

	// A filter is not told when the addresses of a host begin or end, but one thread asks
	// for all of them while it connects
	private static final ThreadLocal<Decision.@Nullable Deny> denial = new ThreadLocal<>();

	private final Gate gate;

	private final @Nullable InetAddressFilter applications;

	AllowedAddresses(Gate gate, @Nullable InetAddressFilter applications) {
		this.gate = gate;
		this.applications = applications;
	}

	@Override
	public boolean matches(InetAddress address) {
		if (this.gate.admitAddress(address) instanceof Decision.Deny denied) {
			denial.set(denied);
			return false;
		}
		return this.applications == null || this.applications.matches(address);
	}

	/**
	 * To be called when a host was connected to, or was not.
	 */
	void end() {
		denial.remove();
	}

	/**
	 * Make the exception that says why none of a host's addresses was connected to.
	 * @param filtered what Spring Boot threw, on the same thread before {@link #end()}
	 * @return the exception, or {@code null} if the gate had nothing against them
	 */
	@Nullable SSLException refusal(FilteredHostException filtered) {
		Decision.Deny denied = denial.get();
		return (denied != null && filtered.getFilter() == this) ? ClientGeneration.refused(filtered.getHost(), denied)
				: null;
	}

	/**
	 * Check the address of a connection, which may have come from somewhere else than the
	 * resolver.
	 * @param gate the gate
	 * @param host the host and port, for messages
	 * @param address the address
	 * @throws SSLException if it is not allowed
	 */
	static void check(Gate gate, String host, @Nullable InetAddress address) throws SSLException {
		if (address != null && gate.admitAddress(address) instanceof Decision.Deny denied) {
			throw ClientGeneration.refused(host, denied);
		}
	}

	static @Nullable InetAddress addressOf(@Nullable SocketAddress address) {
		return (address instanceof InetSocketAddress socketAddress) ? socketAddress.getAddress() : null;
	}

}
