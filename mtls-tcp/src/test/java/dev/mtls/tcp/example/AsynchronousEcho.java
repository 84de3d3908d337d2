package dev.mtls.tcp.example;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;

import dev.mtls.socket.MtlsConnection;
import dev.mtls.socket.MtlsContext;
import dev.mtls.socket.MtlsListener;

/**
 * An echo server and its client with futures.
 */
final class AsynchronousEcho {

	private AsynchronousEcho() {
	}

	static CompletableFuture<Void> serveOne(MtlsListener listener, Executor threads) {
		return listener.acceptAsync().thenAcceptAsync((connection) -> {
			try (connection) {
				connection.inputStream().transferTo(connection.outputStream());
			}
			catch (IOException ex) {
				throw new UncheckedIOException(ex);
			}
		}, threads);
	}

	static CompletableFuture<String> ask(MtlsContext context, String server, String question, Executor threads) {
		return context.connectAsync(server).thenApplyAsync((connection) -> exchange(connection, question), threads);
	}

	private static String exchange(MtlsConnection open, String question) {
		try (MtlsConnection connection = open) {
			connection.outputStream().write(question.getBytes(StandardCharsets.UTF_8));
			connection.shutdownOutput();
			return new String(connection.inputStream().readAllBytes(), StandardCharsets.UTF_8);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

}
