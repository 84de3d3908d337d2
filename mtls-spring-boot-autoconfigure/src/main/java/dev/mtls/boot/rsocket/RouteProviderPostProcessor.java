package dev.mtls.boot.rsocket;

import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.boot.reactor.netty.NettyRouteProvider;

/**
 * Tells the routes of the web server, of which one may be RSocket over WebSocket, over
 * which connection they are asked for. Spring Boot's own provider offers no other hold.
 */
public final class RouteProviderPostProcessor implements BeanPostProcessor {

	@Override
	public Object postProcessAfterInitialization(Object bean, String name) {
		if (!(bean instanceof NettyRouteProvider provider)) {
			return bean;
		}
		return (NettyRouteProvider) (routes) -> ConnectionRoutes.within(routes, provider);
	}

}
