package dev.mtls.integration;

import java.io.IOException;
import java.nio.file.Path;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import dev.mtls.test.TestAuthority;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

/**
 * Tests that a peer does not become another by renegotiation, which TLS 1.2 has.
 */
@Tag("servers")
class RenegotiationTests {

	private final TestAuthority authority = TestAuthority.create();

	@TempDir
	private Path directory;

	@Test
	void peerThatRenegotiatesIsNotServed() throws IOException {
		try (TestServer server = TestServer.start(ServerFiles.write(this.authority, this.directory).properties());
				Connection connection = Connection.open(this.authority.client("alice").sslContext(this.authority),
						"TLSv1.2", server.port())) {
			assertThat(connection.get("/peer")).isEqualTo("alice");
			connection.handshakeAgain();
			// The first may be on its way before the server has read that
			assertThatIOException().isThrownBy(() -> {
				for (int i = 0; i < 3; i++) {
					assertThat(connection.get("/peer")).isEqualTo("alice");
				}
			});
		}
	}

}
