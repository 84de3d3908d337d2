package dev.mtls.boot.web.reactive;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.core.Ordered;
import org.springframework.web.method.HandlerMethod;
import org.springframework.web.reactive.HandlerAdapter;
import org.springframework.web.reactive.HandlerResult;
import org.springframework.web.reactive.result.method.RequestMappingInfo;
import org.springframework.web.reactive.result.method.RequestMappingInfoHandlerMapping;
import org.springframework.web.reactive.socket.WebSocketHandler;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Mono;

import dev.mtls.boot.web.ClientCertCheck;
import dev.mtls.boot.web.ProblemDocument;
import dev.mtls.boot.web.RequireClientCert;
import dev.mtls.decision.Decision;

/**
 * Serves handlers with a {@link RequireClientCert} to whom it allows, and tells those of
 * WebSockets who their peer is. It stands before the adapter that calls the handler, so
 * that it is asked before arguments are resolved, and not at a CORS preflight request,
 * which no handler sees.
 */
public final class RequireClientCertHandlerAdapter implements HandlerAdapter, Ordered {

	private final ClientCertCheck check;

	private final ObjectProvider<RequestMappingInfoHandlerMapping> mappings;

	private final ObjectProvider<HandlerAdapter> adapters;

	/**
	 * Create an adapter.
	 * @param check decides
	 * @param mappings know the controllers
	 * @param adapters call the handlers
	 */
	public RequireClientCertHandlerAdapter(ClientCertCheck check,
			ObjectProvider<RequestMappingInfoHandlerMapping> mappings, ObjectProvider<HandlerAdapter> adapters) {
		this.check = check;
		this.mappings = mappings;
		this.adapters = adapters;
	}

	@Override
	public boolean supports(Object handler) {
		return handler instanceof WebSocketHandler || answersOptions(handler) || this.check.concerns(handler);
	}

	@Override
	public Mono<HandlerResult> handle(ServerWebExchange exchange, Object handler) {
		Decision.Deny denial = this.check.checkAny(handlers(exchange, handler), RequestPeers.of(exchange));
		if (denial != null) {
			return ProblemResponse.write(ProblemDocument.of(denial), exchange.getResponse()).then(Mono.empty());
		}
		return call(exchange, (handler instanceof WebSocketHandler webSocketHandler)
				? new PeerWebSocketHandler(webSocketHandler, RequestPeers.of(exchange)) : handler);
	}

	/**
	 * Before every other.
	 */
	@Override
	public int getOrder() {
		return Ordered.HIGHEST_PRECEDENCE;
	}

	private Mono<HandlerResult> call(ServerWebExchange exchange, Object handler) {
		return this.adapters.orderedStream()
			.filter((adapter) -> adapter != this && adapter.supports(handler))
			.findFirst()
			.orElseThrow(() -> new IllegalStateException("No HandlerAdapter: " + handler))
			.handle(exchange, handler);
	}

	// Spring answers OPTIONS by itself, and tells what could be requested
	private List<?> handlers(ServerWebExchange exchange, Object handler) {
		if (!answersOptions(handler)) {
			return List.of(handler);
		}
		List<HandlerMethod> handlers = new ArrayList<>();
		this.mappings.forEach((mapping) -> {
			for (Map.Entry<RequestMappingInfo, HandlerMethod> entry : mapping.getHandlerMethods().entrySet()) {
				if (entry.getKey().getPatternsCondition().getMatchingCondition(exchange) != null) {
					handlers.add(entry.getValue());
				}
			}
		});
		return handlers;
	}

	private static boolean answersOptions(Object handler) {
		return handler instanceof HandlerMethod method
				&& method.getBeanType().getEnclosingClass() == RequestMappingInfoHandlerMapping.class;
	}

}
