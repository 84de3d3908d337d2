package dev.mtls.boot.forwarded.reactive;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.springframework.http.server.reactive.HttpHandler;
import org.springframework.http.server.reactive.ReactorHttpHandlerAdapter;
import org.springframework.mock.http.server.reactive.MockServerHttpRequest;
import org.springframework.mock.web.server.MockServerWebExchange;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebHandler;
import org.springframework.web.server.adapter.WebHttpHandlerBuilder;
import reactor.core.publisher.Mono;
import reactor.netty.DisposableServer;
import reactor.netty.http.server.HttpServer;

import dev.mtls.boot.forwarded.ForwardingHeaders;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link ForwardingHeaderWebFilter} in Reactor Netty.
 */
class ForwardingHeaderWebFilterTests {

	private static final ForwardingHeaderWebFilter FILTER = new ForwardingHeaderWebFilter(
			new ForwardingHeaders(true, "X-Peer"));

	private static DisposableServer server;

	@BeforeAll
	static void start() {
		WebHandler echo = (exchange) -> exchange.getResponse()
			.writeWith(Mono.fromSupplier(() -> exchange.getResponse()
				.bufferFactory()
				.wrap(exchange.getRequest().getHeaders().toString().getBytes(StandardCharsets.UTF_8))));
		HttpHandler handler = WebHttpHandlerBuilder.webHandler(echo).filter(FILTER).build();
		server = HttpServer.create().host("127.0.0.1").port(0).handle(new ReactorHttpHandlerAdapter(handler)).bindNow();
	}

	@AfterAll
	static void stop() {
		server.disposeNow();
	}

	@Test
	void requestIsStripped() throws Exception {
		String response = exchange("""
				GET / HTTP/1.1
				Host: localhost
				Connection: close
				Client-Cert: forged
				Client-Cert: forged
				CLIENT-CERT: forged
				client_cert: forged
				SSL_CLIENT_CERT: forged
				x-peer: forged
				X-Forwarded-For: 1.2.3.4
				X-Request-Id: kept

				""");
		assertThat(response).contains("X-Request-Id:\"kept\"").doesNotContain("forged", "1.2.3.4");
	}

	@Test
	void requestWithoutThemIsPassedOnAsItIs() {
		ServerWebExchange exchange = MockServerWebExchange.from(MockServerHttpRequest.get("/").header("Accept", "a"));
		FILTER.filter(exchange, (filtered) -> {
			assertThat(filtered).isSameAs(exchange);
			return Mono.empty();
		}).block();
	}

	private static String exchange(String request) throws IOException {
		try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
			socket.setSoTimeout(60_000);
			socket.getOutputStream().write(request.replace("\n", "\r\n").getBytes(StandardCharsets.US_ASCII));
			return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
		}
	}

}
