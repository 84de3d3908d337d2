package dev.mtls.boot.rsocket;

import java.net.InetAddress;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

import javax.net.ssl.SSLContext;

import io.netty.handler.ssl.ApplicationProtocolConfig;
import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.IdentityCipherSuiteFilter;
import io.netty.handler.ssl.JdkSslContext;
import org.jspecify.annotations.Nullable;
import org.springframework.messaging.rsocket.RSocketConnectorConfigurer;
import org.springframework.messaging.rsocket.RSocketRequester;
import org.springframework.messaging.rsocket.RSocketStrategies;
import reactor.core.publisher.Flux;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A peer that speaks RSocket.
 */
final class TestPeer implements AutoCloseable {

	static final Duration PATIENCE = Duration.ofSeconds(10);

	private static final String ADDRESS = InetAddress.getLoopbackAddress().getHostAddress();

	private final RSocketRequester requester;

	TestPeer(RSocketApplication server, SSLContext tls) {
		this(server, tls, (connector) -> {
		});
	}

	TestPeer(RSocketApplication server, SSLContext tls, RSocketConnectorConfigurer configurer) {
		this(server, tls, configurer, "");
	}

	/**
	 * Create a peer, which connects when it first asks.
	 * @param server what to ask
	 * @param tls its certificate and whom it trusts
	 * @param configurer its RSocket
	 * @param header what is sent before TLS begins
	 */
	TestPeer(RSocketApplication server, SSLContext tls, RSocketConnectorConfigurer configurer, String header) {
		JdkSslContext context = new JdkSslContext(tls, true, null, IdentityCipherSuiteFilter.INSTANCE,
				ApplicationProtocolConfig.DISABLED, ClientAuth.NONE, null, false);
		this.requester = RSocketRequester.builder()
			.rsocketStrategies(RSocketStrategies.create())
			.rsocketConnector(configurer)
			.transport(server.place().transport(server.port(), context, header));
	}

	/**
	 * Where the peer connects from, as it is told.
	 * @param name the name of the peer
	 * @return the name and the address
	 */
	static String fromHere(String name) {
		return name + " from " + ADDRESS;
	}

	@Nullable String ask(String route) {
		return this.requester.route(route).retrieveMono(String.class).block(PATIENCE);
	}

	/**
	 * Ask, and do not wait for what comes of it.
	 * @param route what to ask
	 */
	void begin(String route) {
		this.requester.route(route).retrieveMono(String.class).onErrorComplete().subscribe();
	}

	void note(String text) {
		this.requester.route("note").data(text).send().block(PATIENCE);
	}

	List<String> echo(String... texts) {
		return this.requester.route("echo")
			.data(Flux.just(texts), String.class)
			.retrieveFlux(String.class)
			.collectList()
			.blockOptional(PATIENCE)
			.orElseThrow();
	}

	Ticks ticks() throws InterruptedException {
		return new Ticks(this.requester.route("ticks").retrieveFlux(String.class));
	}

	@Override
	public void close() {
		this.requester.dispose();
	}

	/**
	 * A stream that does not end.
	 */
	static final class Ticks {

		private final BlockingQueue<String> received = new LinkedBlockingQueue<>();

		private final CompletableFuture<@Nullable Void> ended = new CompletableFuture<>();

		Ticks(Flux<String> ticks) throws InterruptedException {
			ticks.doOnTerminate(() -> this.ended.complete(null)).onErrorComplete().subscribe(this.received::add);
			assertRun();
		}

		void assertRun() throws InterruptedException {
			this.received.clear();
			assertThat(this.received.poll(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isNotNull();
		}

		void assertEndedWithinASecond() {
			assertThat(this.ended).succeedsWithin(Duration.ofSeconds(1));
		}

	}

}
