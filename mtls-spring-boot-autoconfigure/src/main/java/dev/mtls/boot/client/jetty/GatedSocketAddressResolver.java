package dev.mtls.boot.client.jetty;

import java.io.IOException;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import org.eclipse.jetty.client.HttpClient;
import org.eclipse.jetty.util.Promise;
import org.eclipse.jetty.util.SocketAddressResolver;
import org.jspecify.annotations.Nullable;

import dev.mtls.boot.client.gate.ClientGeneration;
import dev.mtls.decision.Decision;

/**
 * {@link SocketAddressResolver} that resolves to the addresses only that the gate allows.
 * Jetty asks it for every connection, for a literal address too, and connects to nothing
 * else.
 */
final class GatedSocketAddressResolver implements SocketAddressResolver {

	private final ClientGeneration generation;

	private final HttpClient client;

	private final @Nullable SocketAddressResolver delegate;

	/**
	 * Create a resolver.
	 * @param generation decides
	 * @param client the client, whose resolver resolves; without one, Jetty's own does
	 */
	GatedSocketAddressResolver(ClientGeneration generation, HttpClient client) {
		this.generation = generation;
		this.client = client;
		this.delegate = client.getSocketAddressResolver();
	}

	@Override
	public void resolve(String host, int port, Map<String, Object> context, Promise<List<InetSocketAddress>> promise) {
		delegate().resolve(host, port, context, new Promise.Wrapper<>(promise) {

			@Override
			public void succeeded(List<InetSocketAddress> addresses) {
				List<InetSocketAddress> allowed;
				try {
					allowed = allowed(host, port, addresses);
				}
				catch (IOException | RuntimeException ex) {
					failed(ex);
					return;
				}
				super.succeeded(allowed);
			}

		});
	}

	private SocketAddressResolver delegate() {
		// What Jetty's own needs is there when the client has started
		return (this.delegate != null) ? this.delegate : new SocketAddressResolver.Async(this.client.getExecutor(),
				this.client.getScheduler(), this.client.getAddressResolutionTimeout());
	}

	private List<InetSocketAddress> allowed(String host, int port, List<InetSocketAddress> addresses)
			throws IOException {
		List<InetSocketAddress> allowed = new ArrayList<>(addresses.size());
		Decision.Deny denial = null;
		for (InetSocketAddress address : addresses) {
			Decision decision = this.generation.gate().admitAddress(address.getAddress());
			if (decision instanceof Decision.Deny deny) {
				denial = deny;
			}
			else {
				allowed.add(named(host, address));
			}
		}
		if (allowed.isEmpty()) {
			throw (denial != null) ? ClientGeneration.refused("%s:%d".formatted(host, port), denial)
					: new UnknownHostException(host);
		}
		return allowed;
	}

	// Jetty tells TLS the name that the address holds, and not the one that was asked
	// for,
	// by which the server is verified. An application's resolver may have left it out.
	private static InetSocketAddress named(String host, InetSocketAddress resolved) throws UnknownHostException {
		String name = host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
		if (name.equalsIgnoreCase(resolved.getHostString())) {
			return resolved;
		}
		InetAddress address = resolved.getAddress();
		InetAddress named = (address instanceof Inet6Address inet6 && inet6.getScopeId() > 0)
				? Inet6Address.getByAddress(name, inet6.getAddress(), inet6.getScopeId())
				: InetAddress.getByAddress(name, address.getAddress());
		return new InetSocketAddress(named, resolved.getPort());
	}

}
