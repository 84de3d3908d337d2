package dev.mtls.boot.web.servlet;

import org.springframework.util.ClassUtils;
import org.springframework.web.socket.handler.WebSocketHandlerDecorator;
import org.springframework.web.socket.server.support.WebSocketHttpRequestHandler;
import org.springframework.web.socket.sockjs.support.SockJsHttpRequestHandler;

/**
 * Looks behind the handlers of handshakes.
 */
final class WebSocketHandlers {

	private static final boolean PRESENT = ClassUtils.isPresent(
			"org.springframework.web.socket.server.support.WebSocketHttpRequestHandler",
			WebSocketHandlers.class.getClassLoader());

	private WebSocketHandlers() {
	}

	/**
	 * What handles a WebSocket once its handshake is over.
	 * @param handler the handler of a request
	 * @return the handler of the WebSocket, or the same if the request is for none
	 */
	static Object unwrap(Object handler) {
		return PRESENT ? Unwrapper.unwrap(handler) : handler;
	}

	/**
	 * Where WebSockets are on the class path.
	 */
	private static final class Unwrapper {

		static Object unwrap(Object handler) {
			if (handler instanceof WebSocketHttpRequestHandler webSocket) {
				return WebSocketHandlerDecorator.unwrap(webSocket.getWebSocketHandler());
			}
			return (handler instanceof SockJsHttpRequestHandler sockJs)
					? WebSocketHandlerDecorator.unwrap(sockJs.getWebSocketHandler()) : handler;
		}

	}

}
