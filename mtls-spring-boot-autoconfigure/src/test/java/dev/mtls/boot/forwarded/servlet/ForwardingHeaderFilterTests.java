package dev.mtls.boot.forwarded.servlet;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;

import jakarta.servlet.AsyncContext;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.tomcat.servlet.TomcatServletWebServerFactory;
import org.springframework.boot.web.error.ErrorPage;
import org.springframework.boot.web.server.WebServer;
import org.springframework.boot.web.servlet.ServletRegistrationBean;
import org.springframework.mock.web.MockFilterChain;
import org.springframework.mock.web.MockHttpServletRequest;
import org.springframework.mock.web.MockHttpServletResponse;

import dev.mtls.boot.forwarded.ForwardingHeaders;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link ForwardingHeaderFilter} in Tomcat.
 */
class ForwardingHeaderFilterTests {

	private static final ForwardingHeaders HEADERS = new ForwardingHeaders(true, "X-Peer");

	private static WebServer server;

	@BeforeAll
	static void start() {
		TomcatServletWebServerFactory factory = new TomcatServletWebServerFactory(0);
		factory.addErrorPages(new ErrorPage("/echo"));
		// Without these it passes no trailer fields on
		factory.addConnectorCustomizers(
				(connector) -> connector.setProperty("allowedTrailerHeaders", "client-cert,x-checksum"));
		server = factory.getWebServer(new FirstFilterRegistrationBean<>(new ForwardingHeaderFilter(HEADERS)),
				new ServletRegistrationBean<>(new Echo(), "/"));
		server.start();
	}

	@AfterAll
	static void stop() {
		server.stop();
	}

	@ParameterizedTest
	@ValueSource(strings = { "/echo", "/forward", "/include", "/async", "/async-with-request", "/error" })
	void requestWhenDispatchedIsStripped(String path) throws Exception {
		String response = exchange("""
				GET %s HTTP/1.1
				Host: localhost
				Connection: close
				Client-Cert: forged
				CLIENT_CERT: forged
				X-Peer: forged
				X-Forwarded-For: 1.2.3.4
				X-Request-Id: kept

				""".formatted(path));
		assertThat(response).contains("x-request-id=kept").doesNotContain("forged", "1.2.3.4");
	}

	@Test
	void requestWithTrailerIsStripped() throws Exception {
		String response = exchange("""
				POST /trailer HTTP/1.1
				Host: localhost
				Connection: close
				Transfer-Encoding: chunked

				1
				a
				0
				Client-Cert: forged
				X-Checksum: kept

				""");
		assertThat(response).containsIgnoringCase("x-checksum=kept").doesNotContain("forged");
	}

	@Test
	void requestGivesNoAccessorToThem() throws Exception {
		MockHttpServletRequest request = new MockHttpServletRequest();
		request.addHeader("Client-Cert", 1);
		request.addHeader("If-Modified-Since", 2);
		request.addHeader("X_Forwarded_Port", "3");
		MockFilterChain chain = new MockFilterChain();
		new ForwardingHeaderFilter(HEADERS).doFilter(request, new MockHttpServletResponse(), chain);
		HttpServletRequest stripped = (HttpServletRequest) Objects.requireNonNull(chain.getRequest());
		for (String name : List.of("Client-Cert", "client_cert", "X_Forwarded_Port", "x-forwarded-port")) {
			assertThat(stripped.getHeader(name)).isNull();
			assertThat(stripped.getHeaders(name).hasMoreElements()).isFalse();
			assertThat(stripped.getIntHeader(name)).isEqualTo(-1);
			assertThat(stripped.getDateHeader(name)).isEqualTo(-1);
		}
		assertThat(Collections.list(stripped.getHeaderNames())).containsExactly("If-Modified-Since");
		assertThat(stripped.getHeader("If-Modified-Since")).isEqualTo("2");
		assertThat(Collections.list(stripped.getHeaders("If-Modified-Since"))).containsExactly("2");
		assertThat(stripped.getIntHeader("If-Modified-Since")).isEqualTo(2);
	}

	@Test
	void requestThatIsStrippedIsNotWrappedAgain() throws Exception {
		StrippedRequest request = new StrippedRequest(new MockHttpServletRequest(), HEADERS);
		MockFilterChain chain = new MockFilterChain();
		new ForwardingHeaderFilter(HEADERS).doFilter(request, new MockHttpServletResponse(), chain);
		assertThat(chain.getRequest()).isSameAs(request);
	}

	private static String exchange(String request) throws IOException {
		try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.getPort())) {
			socket.setSoTimeout(60_000);
			socket.getOutputStream().write(request.replace("\n", "\r\n").getBytes(StandardCharsets.US_ASCII));
			return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
		}
	}

	/**
	 * Says which headers and trailer fields it sees, after a dispatch where the path asks
	 * for one.
	 */
	private static final class Echo extends HttpServlet {

		@Override
		protected void service(HttpServletRequest request, HttpServletResponse response) {
			try {
				if (request.getDispatcherType() == DispatcherType.REQUEST) {
					dispatch(request, response);
					return;
				}
				echo(request, response);
			}
			catch (Exception ex) {
				throw new IllegalStateException(ex);
			}
		}

		private static void dispatch(HttpServletRequest request, HttpServletResponse response) throws Exception {
			switch (request.getServletPath()) {
				case "/forward" -> request.getRequestDispatcher("/echo").forward(request, response);
				case "/include" -> request.getRequestDispatcher("/echo").include(request, response);
				case "/async" -> dispatch(request.startAsync());
				case "/async-with-request" -> dispatch(request.startAsync(request, response));
				case "/error" -> response.sendError(500);
				default -> echo(request, response);
			}
		}

		private static void dispatch(AsyncContext context) {
			context.dispatch("/echo");
		}

		private static void echo(HttpServletRequest request, HttpServletResponse response) throws IOException {
			request.getInputStream().readAllBytes();
			for (String name : Collections.list(request.getHeaderNames())) {
				response.getWriter().println(name + "=" + Collections.list(request.getHeaders(name)));
			}
			for (Map.Entry<String, String> field : request.getTrailerFields().entrySet()) {
				response.getWriter().println(field.getKey() + "=" + field.getValue());
			}
			response.getWriter().println("x-request-id=" + request.getHeader("X-Request-Id"));
			response.getWriter().println(request.getHeader("CLIENT_CERT") + request.getHeader("client-cert"));
		}

	}

}
