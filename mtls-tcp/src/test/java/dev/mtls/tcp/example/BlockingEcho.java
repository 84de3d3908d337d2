package dev.mtls.tcp.example;

import java.io.IOException;
import java.nio.charset.StandardCharsets;

import dev.mtls.socket.MtlsConnection;
import dev.mtls.socket.MtlsContext;
import dev.mtls.socket.MtlsListener;

/**
 * An echo server and its client with streams that block.
 */
final class BlockingEcho {

	private BlockingEcho() {
	}

	static MtlsContext server(String pki) {
		return MtlsContext.builder()
			.certificate("file:" + pki + "/server.crt")
			.privateKey("file:" + pki + "/server.key")
			.trustCertificates("file:" + pki + "/ca.crt")
			.allowedNames("dns:*.example.com")
			.allowedNetworks("127.0.0.0/8")
			.build();
	}

	static void serve(MtlsListener listener) {
		// One thread for each connection, a virtual one from Java 21 on
		listener.serve((connection) -> connection.inputStream().transferTo(connection.outputStream()));
	}

	static String ask(MtlsContext context, String server, String question) throws IOException {
		try (MtlsConnection connection = context.connect(server)) {
			connection.outputStream().write(question.getBytes(StandardCharsets.UTF_8));
			connection.shutdownOutput();
			return new String(connection.inputStream().readAllBytes(), StandardCharsets.UTF_8);
		}
	}

}
