package dev.mtls.socket;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import dev.mtls.decision.Reason;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link ServerConnector}, where there is nobody to connect to.
 */
@Timeout(60)
class ServerConnectorTests {

	@Test
	void connectWhenServerTakesNoConnectionsFailsInTime() throws IOException {
		List<SocketChannel> channels = new ArrayList<>();
		try (ServerSocket full = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
				MtlsContext context = Parties.builder(Parties.ALICE).connectTimeout(Duration.ofMillis(300)).build()) {
			// Linux takes one more than it is told to, and drops what comes then
			for (int i = 0; i < 4; i++) {
				SocketChannel channel = SocketChannel.open();
				channels.add(channel);
				channel.configureBlocking(false);
				channel.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), full.getLocalPort()));
			}
			long begun = System.nanoTime();
			Parties.assertRefused(() -> context.connect("127.0.0.1:" + full.getLocalPort()), Reason.CONNECT_FAILED);
			assertThat(Duration.ofNanos(System.nanoTime() - begun)).isBetween(Duration.ofMillis(250), Parties.BOUND);
		}
		finally {
			for (SocketChannel channel : channels) {
				channel.close();
			}
		}
	}

	@Test
	void connectWhenHostHasNoAddressSaysSo() {
		try (MtlsContext context = Parties.builder(Parties.ALICE).build()) {
			Parties.assertRefused(() -> context.connect("nobody.invalid:8443"), Reason.HOST_UNRESOLVED);
		}
	}

}
