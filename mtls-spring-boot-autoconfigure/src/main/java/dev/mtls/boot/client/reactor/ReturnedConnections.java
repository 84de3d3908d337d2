package dev.mtls.boot.client.reactor;

import java.net.URI;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;

import io.netty.channel.EventLoop;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.http.HttpMethod;
import org.springframework.http.client.reactive.ClientHttpConnector;
import org.springframework.http.client.reactive.ClientHttpRequest;
import org.springframework.http.client.reactive.ClientHttpResponse;
import org.springframework.http.client.reactive.ClientHttpResponseDecorator;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.netty.http.client.HttpClient;

/**
 * Has a body end only after its connection is back in the pool, so that requests one
 * after the other use one connection. Reactor Netty returns it right behind the end of
 * the body, on the same event loop.
 */
final class ReturnedConnections implements ClientHttpConnector {

	private final ClientHttpConnector connector;

	ReturnedConnections(ClientHttpConnector connector) {
		this.connector = connector;
	}

	/**
	 * Have a client tell the event loops that its connections are on.
	 * @param client the client
	 * @return the client to use
	 */
	static HttpClient customize(HttpClient client) {
		return client.doOnResponse((response, connection) -> response.currentContextView()
			.<AtomicReference<EventLoop>>getOrEmpty(ReturnedConnections.class)
			.ifPresent((eventLoop) -> eventLoop.set(connection.channel().eventLoop())));
	}

	@Override
	public Mono<ClientHttpResponse> connect(HttpMethod method, URI uri,
			Function<? super ClientHttpRequest, Mono<Void>> requestCallback) {
		return Mono.defer(() -> {
			AtomicReference<EventLoop> eventLoop = new AtomicReference<>();
			return this.connector.connect(method, uri, requestCallback)
				.<ClientHttpResponse>map((response) -> new AwaitingResponse(response, eventLoop))
				.contextWrite((context) -> context.put(ReturnedConnections.class, eventLoop));
		});
	}

	/**
	 * A response whose body ends with the next task of its event loop.
	 */
	private static final class AwaitingResponse extends ClientHttpResponseDecorator {

		private final AtomicReference<EventLoop> eventLoop;

		private AwaitingResponse(ClientHttpResponse response, AtomicReference<EventLoop> eventLoop) {
			super(response);
			this.eventLoop = eventLoop;
		}

		@Override
		public Flux<DataBuffer> getBody() {
			return super.getBody().concatWith(Mono.create((sink) -> {
				EventLoop loop = this.eventLoop.get();
				if (loop != null) {
					loop.execute(sink::success);
				}
				else {
					sink.success();
				}
			}));
		}

	}

}
