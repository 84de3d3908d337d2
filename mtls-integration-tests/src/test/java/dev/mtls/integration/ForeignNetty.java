package dev.mtls.integration;

import java.security.cert.X509Certificate;
import java.util.List;

import javax.net.ssl.SSLException;

import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.web.context.reactive.AnnotationConfigReactiveWebApplicationContext;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.http.server.reactive.HttpHandler;
import org.springframework.http.server.reactive.ReactorHttpHandlerAdapter;
import reactor.netty.DisposableServer;
import reactor.netty.http.server.HttpServer;

import dev.mtls.test.TestAuthority;
import dev.mtls.test.TestCertificate;

/**
 * A Reactor Netty to which the handler of the application is given.
 */
final class ForeignNetty implements ForeignServer {

	private final ConfigurableApplicationContext application;

	private final DisposableServer server;

	private ForeignNetty(TestCertificate certificate, List<TestAuthority> trusted, List<String> properties)
			throws SSLException {
		this.application = new SpringApplicationBuilder(TestApplication.class)
			.contextFactory((type) -> new AnnotationConfigReactiveWebApplicationContext())
			.properties(properties.toArray(String[]::new))
			.run();
		SslContext tls = SslContextBuilder
			.forServer(certificate.privateKey(), certificate.chain().toArray(X509Certificate[]::new))
			.trustManager(trusted.stream().map(TestAuthority::anchor).toArray(X509Certificate[]::new))
			.clientAuth(ClientAuth.OPTIONAL)
			.build();
		this.server = HttpServer.create()
			.port(0)
			.secure((spec) -> spec.sslContext(tls))
			.handle(new ReactorHttpHandlerAdapter(this.application.getBean(HttpHandler.class)))
			.bindNow();
	}

	/**
	 * Start a Reactor Netty that asks for certificates.
	 * @param certificate its own certificate
	 * @param trusted who issues its clients' certificates
	 * @param properties the application's properties as {@code key=value}
	 * @return the running server
	 */
	static ForeignNetty start(TestCertificate certificate, List<TestAuthority> trusted, List<String> properties)
			throws SSLException {
		return new ForeignNetty(certificate, trusted, properties);
	}

	@Override
	public int port() {
		return this.server.port();
	}

	@Override
	public <T> T bean(Class<T> type) {
		return this.application.getBean(type);
	}

	@Override
	public void close() {
		this.server.disposeNow();
		this.application.close();
	}

}
