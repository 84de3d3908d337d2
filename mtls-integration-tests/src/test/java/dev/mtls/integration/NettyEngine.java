package dev.mtls.integration;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

import io.netty.channel.Channel;
import io.netty.handler.ssl.SslHandler;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.boot.reactor.netty.NettyServerCustomizer;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/**
 * Remembers which TLS engines have served the connections of Netty.
 */
@Configuration(proxyBeanMethods = false)
@ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.REACTIVE)
class NettyEngine {

	private final Set<String> names = ConcurrentHashMap.newKeySet();

	@Bean
	NettyServerCustomizer engineRecorder() {
		return (server) -> server.doOnConnection((connection) -> remember(connection.channel()));
	}

	/**
	 * The engines.
	 * @return the names of their classes
	 */
	Set<String> names() {
		return Set.copyOf(this.names);
	}

	private void remember(Channel channel) {
		SslHandler tls = channel.pipeline().get(SslHandler.class);
		// There is none in a stream of HTTP/2
		if (tls != null) {
			this.names.add(tls.engine().getClass().getName());
		}
	}

}
