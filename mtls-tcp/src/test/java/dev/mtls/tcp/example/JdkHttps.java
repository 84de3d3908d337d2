package dev.mtls.tcp.example;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;

import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;

import dev.mtls.socket.MtlsContext;

/**
 * The JDK's own HTTP server and client, without any framework.
 */
final class JdkHttps {

	private JdkHttps() {
	}

	static HttpsServer serve(MtlsContext context) throws IOException {
		HttpsServer server = HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
		server.setHttpsConfigurator(new HttpsConfigurator(context.serverSslContext()));
		server.createContext("/", (exchange) -> {
			exchange.sendResponseHeaders(204, -1);
			exchange.close();
		});
		server.start();
		return server;
	}

	static int ask(MtlsContext context, int port) throws IOException, InterruptedException {
		HttpClient client = HttpClient.newBuilder().sslContext(context.clientSslContext()).build();
		HttpRequest request = HttpRequest.newBuilder(URI.create("https://localhost:%d/".formatted(port))).build();
		return client.send(request, BodyHandlers.discarding()).statusCode();
	}

}
