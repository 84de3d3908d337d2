package dev.mtls.boot.rsocket;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.Predicate;

import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Mono;
import reactor.netty.http.server.HttpRouteHandlerMetadata;
import reactor.netty.http.server.HttpServerRequest;
import reactor.netty.http.server.HttpServerResponse;
import reactor.netty.http.server.HttpServerRoutes;
import reactor.util.context.Context;
import reactor.util.context.ContextView;

/**
 * {@link HttpServerRoutes} whose handlers have the connection in their Reactor context.
 */
final class ConnectionRoutes implements HttpServerRoutes {

	private final HttpServerRoutes routes;

	private ConnectionRoutes(HttpServerRoutes routes) {
		this.routes = routes;
	}

	/**
	 * Let routes be added.
	 * @param routes what they are added to
	 * @param provider adds them
	 * @return what they are added to
	 */
	static HttpServerRoutes within(HttpServerRoutes routes, Function<HttpServerRoutes, HttpServerRoutes> provider) {
		HttpServerRoutes result = provider.apply(new ConnectionRoutes(routes));
		return (result instanceof ConnectionRoutes own) ? own.routes : result;
	}

	@Override
	public HttpServerRoutes directory(String uri, Path directory,
			@Nullable Function<HttpServerResponse, HttpServerResponse> interceptor) {
		this.routes.directory(uri, directory, interceptor);
		return this;
	}

	@Override
	public HttpServerRoutes removeIf(Predicate<? super HttpRouteHandlerMetadata> condition) {
		this.routes.removeIf(condition);
		return this;
	}

	// All that is no directory comes here in the end
	@Override
	public HttpServerRoutes route(Predicate<? super HttpServerRequest> condition,
			BiFunction<? super HttpServerRequest, ? super HttpServerResponse, ? extends Publisher<Void>> handler) {
		this.routes.route(condition, (request, response) -> Mono.fromDirect(handler.apply(request, response))
			.contextWrite(contextOf(request)));
		return this;
	}

	@Override
	public HttpServerRoutes comparator(Comparator<HttpRouteHandlerMetadata> comparator) {
		this.routes.comparator(comparator);
		return this;
	}

	@Override
	public HttpServerRoutes noComparator() {
		this.routes.noComparator();
		return this;
	}

	@Override
	public Publisher<Void> apply(HttpServerRequest request, HttpServerResponse response) {
		return this.routes.apply(request, response);
	}

	private static ContextView contextOf(HttpServerRequest request) {
		List<ContextView> contexts = new ArrayList<>();
		request.withConnection((connection) -> contexts.add(ConnectionContext.of(connection.channel())));
		return contexts.isEmpty() ? Context.empty() : contexts.get(0);
	}

}
