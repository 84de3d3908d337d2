package dev.mtls.integration;

import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.test.context.TestConfiguration;
import org.springframework.context.annotation.Import;
import org.springframework.context.event.EventListener;

import dev.mtls.boot.event.MtlsEventListener;
import dev.mtls.boot.event.MtlsEventMulticaster;
import dev.mtls.event.MtlsEvent;
import dev.mtls.test.TestAuthority;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for listeners that do not return. They have nothing to do with the server, so
 * that one is enough.
 */
class BlockedListenerTests {

	private final TestAuthority authority = TestAuthority.create();

	@TempDir
	Path directory;

	@Test
	void listenerThatBlocksKeepsNobodyWaiting() throws Exception {
		try (TestServer server = TestServer.start(BlockedApplication.class,
				ServerFiles.write(this.authority, this.directory).properties())) {
			BlockedListener blocked = server.bean(BlockedListener.class);
			try {
				TlsClient client = new TlsClient(this.authority.client("any").sslContext(this.authority), "TLSv1.3");
				for (int i = 0; i < 1000; i++) {
					client.get(server.port(), "/peer");
				}
				assertThat(server.bean(MtlsEventMulticaster.class).dropped()).isZero();
				List<MtlsEvent> published = server.bean(PublishedEvents.class).admitted;
				Awaitility.await().untilAsserted(() -> assertThat(published).hasSize(1000));
			}
			finally {
				blocked.released.countDown();
			}
		}
	}

	/**
	 * An application with a listener that does not return.
	 */
	@Import({ TestApplication.class, BlockedListener.class, PublishedEvents.class })
	@TestConfiguration(proxyBeanMethods = false)
	static class BlockedApplication {

	}

	/**
	 * Does not return until it is released.
	 */
	static class BlockedListener implements MtlsEventListener {

		private final CountDownLatch released = new CountDownLatch(1);

		@Override
		public void onEvent(MtlsEvent event) {
			try {
				this.released.await();
			}
			catch (InterruptedException ex) {
				Thread.currentThread().interrupt();
			}
		}

	}

	/**
	 * Gets events as any other event of the application.
	 */
	static class PublishedEvents {

		private final List<MtlsEvent> admitted = new CopyOnWriteArrayList<>();

		@EventListener
		void on(MtlsEvent.PeerAdmitted event) {
			this.admitted.add(event);
		}

	}

}
