package dev.mtls.boot.client.reactor;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;

import io.netty.resolver.AddressResolver;
import io.netty.resolver.AddressResolverGroup;
import io.netty.resolver.InetNameResolver;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.Promise;

/**
 * Resolves each name to the addresses that a test sets.
 */
final class FixedResolver extends AddressResolverGroup<InetSocketAddress> {

	private volatile List<InetAddress> addresses;

	FixedResolver(InetAddress... addresses) {
		this.addresses = List.of(addresses);
	}

	void answer(InetAddress... newAddresses) {
		this.addresses = List.of(newAddresses);
	}

	@Override
	protected AddressResolver<InetSocketAddress> newResolver(EventExecutor executor) {
		return new InetNameResolver(executor) {

			@Override
			protected void doResolve(String name, Promise<InetAddress> promise) {
				promise.setSuccess(FixedResolver.this.addresses.get(0));
			}

			@Override
			protected void doResolveAll(String name, Promise<List<InetAddress>> promise) {
				promise.setSuccess(FixedResolver.this.addresses);
			}

		}.asAddressResolver();
	}

}
