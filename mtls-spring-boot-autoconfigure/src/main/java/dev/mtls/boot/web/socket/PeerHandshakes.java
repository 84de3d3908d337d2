package dev.mtls.boot.web.socket;

import java.util.ArrayList;
import java.util.List;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.web.servlet.handler.AbstractUrlHandlerMapping;
import org.springframework.web.socket.server.HandshakeInterceptor;
import org.springframework.web.socket.server.support.WebSocketHttpRequestHandler;
import org.springframework.web.socket.sockjs.support.SockJsHttpRequestHandler;
import org.springframework.web.socket.sockjs.transport.TransportHandlingSockJsService;

/**
 * Has the handshake of every WebSocket, with or without SockJS, tell who its peer is.
 */
public final class PeerHandshakes implements SmartInitializingSingleton {

	private static final HandshakeInterceptor INTERCEPTOR = new PeerHandshakeInterceptor();

	private final ObjectProvider<AbstractUrlHandlerMapping> mappings;

	/**
	 * Create for the WebSockets of an application.
	 * @param mappings know them
	 */
	public PeerHandshakes(ObjectProvider<AbstractUrlHandlerMapping> mappings) {
		this.mappings = mappings;
	}

	@Override
	public void afterSingletonsInstantiated() {
		this.mappings.forEach((mapping) -> mapping.getHandlerMap().values().forEach(PeerHandshakes::intercept));
	}

	private static void intercept(Object handler) {
		if (handler instanceof WebSocketHttpRequestHandler webSocket) {
			webSocket.setHandshakeInterceptors(withPeer(webSocket.getHandshakeInterceptors()));
		}
		else if (handler instanceof SockJsHttpRequestHandler sockJs
				&& sockJs.getSockJsService() instanceof TransportHandlingSockJsService service) {
			service.setHandshakeInterceptors(withPeer(service.getHandshakeInterceptors()));
		}
	}

	// First, so that the interceptors of the application know it too
	private static List<HandshakeInterceptor> withPeer(List<HandshakeInterceptor> interceptors) {
		List<HandshakeInterceptor> all = new ArrayList<>(interceptors);
		if (!all.contains(INTERCEPTOR)) {
			all.add(0, INTERCEPTOR);
		}
		return all;
	}

}
