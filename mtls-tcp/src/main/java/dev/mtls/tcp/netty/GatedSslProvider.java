package dev.mtls.tcp.netty;

import io.netty.handler.ssl.SslContext;
import org.jspecify.annotations.Nullable;
import reactor.netty.tcp.SslProvider;

import dev.mtls.gate.Gate;

/**
 * The {@link SslProvider} of the gate's current generation. Each generation has one of
 * its own, because a session can be resumed by the context alone that made it.
 */
public final class GatedSslProvider {

	private final GatedSslContexts contexts;

	private volatile @Nullable Generation current;

	/**
	 * Create a provider.
	 * @param contexts makes the contexts
	 */
	public GatedSslProvider(GatedSslContexts contexts) {
		this.contexts = contexts;
	}

	/**
	 * The provider of the current generation.
	 * @return the provider, whose handshakes the gate times
	 */
	public SslProvider current() {
		Gate gate = this.contexts.gate();
		Generation current = this.current;
		return (current != null && current.number() == gate.generation()) ? current.provider() : renew();
	}

	private synchronized SslProvider renew() {
		// Asked for first: what is made is of this generation or newer
		long number = this.contexts.gate().generation();
		Generation current = this.current;
		if (current == null || current.number() != number) {
			SslContext context = this.contexts.create();
			current = new Generation(number,
					SslProvider.builder()
						.sslContext(context)
						.handshakeTimeoutMillis(0)
						.handlerConfigurator((handler) -> this.contexts.configure(context, handler))
						.build());
			this.current = current;
		}
		return current.provider();
	}

	/**
	 * A generation of the gate with its provider.
	 */
	private record Generation(long number, SslProvider provider) {
	}

}
