package dev.mtls.integration;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;

import javax.net.ssl.SSLContext;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for a server whose certificate is replaced once a second while it is busy.
 */
@Tag("servers")
@Tag("soak")
class SoakTests {

	private static final int RELOADS = 30;

	@Test
	void requestsWhileReloadedOnceASecondAllSucceed(@TempDir Path directory) {
		try (MountedServer mounted = MountedServer.start(directory)) {
			SSLContext client = mounted.staying().sslContext(mounted.authority());
			try (Load load = Load.on(mounted.server(), client, MountedServer.STAYING)) {
				for (int reload = 0; reload < RELOADS && load.failures().isEmpty(); reload++) {
					Instant next = Instant.now().plusSeconds(1);
					mounted.reload(mounted.serverCertificate());
					Awaitility.await().atMost(Duration.ofSeconds(10)).until(() -> !Instant.now().isBefore(next));
				}
				load.awaitProgress();
				assertThat(load.failures()).isEmpty();
				assertThat(load.seenServers()).hasSizeGreaterThan(RELOADS / 2);
			}
		}
	}

}
