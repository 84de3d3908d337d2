package dev.mtls.integration;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledForJreRange;
import org.junit.jupiter.api.condition.JRE;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import dev.mtls.decision.Reason;
import dev.mtls.event.MtlsEvent;
import dev.mtls.test.TestAuthority;
import dev.mtls.test.TestCertificate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

/**
 * Tests for servers with {@code spring.threads.virtual.enabled=true}.
 */
@Tag("servers")
@EnabledForJreRange(min = JRE.JAVA_21, disabledReason = "Spring Boot has virtual threads from Java 21 on")
class VirtualThreadTests {

	private static final Duration AT_ONCE = Duration.ofSeconds(1);

	@TempDir
	static Path directory;

	private static MountedServer mounted;

	@BeforeAll
	static void start() {
		mounted = MountedServer.start(directory, "spring.threads.virtual.enabled=true");
	}

	@AfterAll
	static void stop() {
		mounted.close();
	}

	@BeforeEach
	void forget() {
		mounted.events().drain();
	}

	@ParameterizedTest
	@ValueSource(strings = { "TLSv1.3", "TLSv1.2" })
	void requestIsServedOnAVirtualThreadWithTheNameOfThePeer(String protocol) throws IOException {
		assertThat(get(mounted.authority(), mounted.staying(), protocol))
			.startsWith(MountedServer.STAYING + " on VirtualThread[");
	}

	@ParameterizedTest
	@ValueSource(strings = { "TLSv1.3", "TLSv1.2" })
	void peerThatIsNotAdmittedIsRefused(String protocol) {
		TestCertificate other = mounted.authority().client("other.example");
		assertThatIOException().isThrownBy(() -> get(mounted.authority(), other, protocol));
		assertThat(mounted.events().await(MtlsEvent.PeerRefused.class).reason()).isEqualTo(Reason.PIN_MISMATCH);
	}

	@Test
	void liveConnectionsOfTheRefusedPeerAreClosedAndThoseOfOthersAreNot() throws Exception {
		try (LivePeer leaving = connect(mounted.leaving(), MountedServer.LEAVING);
				LivePeer staying = connect(mounted.staying(), MountedServer.STAYING)) {
			mounted.events().drain();
			Instant changed = mounted.reload(MountedServer.clients(MountedServer.STAYING)).time();
			assertThat(leaving.awaitEnds())
				.allSatisfy((kind, end) -> assertThat(Duration.between(changed, end)).isLessThan(AT_ONCE));
			staying.assertAlive();
		}
		finally {
			mounted.reload(MountedServer.clients(MountedServer.STAYING, MountedServer.LEAVING));
		}
	}

	private static LivePeer connect(TestCertificate certificate, String name) throws Exception {
		return LivePeer.connect(mounted.server(), certificate.sslContext(mounted.authority()), name);
	}

	private static String get(TestAuthority authority, TestCertificate certificate, String protocol)
			throws IOException {
		return new TlsClient(certificate.sslContext(authority), protocol).get(mounted.server().port(), "/thread")
			.body();
	}

}
