package dev.mtls.tcp.tunnel;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.net.SocketException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import dev.mtls.decision.Reason;
import dev.mtls.gate.Gate;
import dev.mtls.gate.GateSettings;
import dev.mtls.tcp.PlainClient;
import dev.mtls.tcp.PlainServer;
import dev.mtls.tcp.Site;
import dev.mtls.tcp.TlsEngine;
import dev.mtls.tls.TlsProfile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for what goes through tunnels.
 */
class TunnelTests {

	private static final int LENGTH = 8 * 1024 * 1024;

	private final TunnelSite site = new TunnelSite();

	@AfterEach
	void close() throws Exception {
		this.site.close();
	}

	@ParameterizedTest
	@EnumSource(TlsEngine.class)
	void bothDirectionsWhenFullDuplexKeepEveryByte(TlsEngine engine) throws Exception {
		Random random = new Random(7);
		byte[] data = new byte[LENGTH];
		random.nextBytes(data);
		PlainServer service = this.site.service((socket) -> {
			socket.getInputStream().transferTo(socket.getOutputStream());
			socket.shutdownOutput();
		});
		RunningTunnel tunnel = this.site.pair(service, (any) -> any.engine(engine));
		ExecutorService threads = Executors.newFixedThreadPool(4);
		try (Socket first = this.site.connect(tunnel); Socket second = this.site.connect(tunnel)) {
			List<Future<?>> sending = List.of(threads.submit(() -> send(first, data)),
					threads.submit(() -> send(second, data)));
			Future<String> firstDigest = threads.submit(() -> digest(first.getInputStream()));
			Future<String> secondDigest = threads.submit(() -> digest(second.getInputStream()));
			assertThat(firstDigest.get(60, TimeUnit.SECONDS)).isEqualTo(digest(data));
			assertThat(secondDigest.get(60, TimeUnit.SECONDS)).isEqualTo(digest(data));
			for (Future<?> sent : sending) {
				sent.get(10, TimeUnit.SECONDS);
			}
		}
		finally {
			threads.shutdownNow();
		}
		TunnelSession ended = this.site.end("client");
		assertThat(ended.end()).isEqualTo(SessionEnd.COMPLETE);
		assertThat(ended.bytesToTarget()).isEqualTo(LENGTH);
		assertThat(ended.bytesToClient()).isEqualTo(LENGTH);
	}

	@Test
	void sessionTellsPeerAndTarget() {
		PlainServer service = this.site.echo();
		RunningTunnel tunnel = this.site.pair(service, (any) -> any);
		Socket socket = this.site.connect(tunnel);
		assertThat(TunnelSite.exchange(socket, "hello")).isEqualTo("hello");
		assertThat(tunnel.sessions()).singleElement().satisfies((session) -> {
			assertThat(session.peer()).isEqualTo("localhost");
			assertThat(session.client()).isEqualTo("127.0.0.1:" + socket.getLocalPort());
			assertThat(session.bytesToTarget()).isEqualTo(5);
			assertThat(session.end()).isNull();
		});
		assertThat(this.site.started()).filteredOn((session) -> session.tunnel().equals("server"))
			.singleElement()
			.satisfies((session) -> {
				assertThat(session.peer()).isEqualTo("app");
				assertThat(session.target()).isEqualTo("127.0.0.1:" + service.port());
			});
		assertThat(tunnel.connections()).isOne();
		assertThat(tunnel.totalSessions()).isOne();
		assertThat(tunnel.bytesToClient()).isEqualTo(5);
	}

	@Test
	void clientThatTakesNothingHoldsBackTheTarget() throws Exception {
		AtomicLong sent = new AtomicLong();
		PlainServer service = this.site.service((socket) -> {
			byte[] block = new byte[64 * 1024];
			while (true) {
				socket.getOutputStream().write(block);
				sent.addAndGet(block.length);
			}
		});
		RunningTunnel tunnel = this.site.pair(service, (any) -> any);
		Socket socket = this.site.connect(tunnel);
		AtomicLong before = new AtomicLong(-1);
		// Buffers of sockets and tunnels fill up, and then nothing more is taken
		Site.await(() -> {
			LockSupport.parkNanos(Duration.ofMillis(300).toNanos());
			long now = sent.get();
			return now > 0 && before.getAndSet(now) == now;
		}, Duration.ofSeconds(30));
		assertThat(sent.get()).isLessThan(64L * 1024 * 1024);
		long held = sent.get();
		byte[] some = socket.getInputStream().readNBytes(32 * 1024 * 1024);
		assertThat(some).hasSize(32 * 1024 * 1024);
		Site.await(() -> sent.get() > held);
	}

	@Test
	void clientThatSendsAtOnceIsNotAheadOfTheTarget() throws IOException {
		RunningTunnel tunnel = this.site.pair(this.site.echo(), (any) -> any);
		Socket socket = this.site.connect(tunnel);
		TunnelSite.send(socket, "hello");
		socket.shutdownOutput();
		assertThat(TunnelSite.readAll(socket.getInputStream())).isEqualTo("hello");
		assertThat(this.site.end("server").end()).isEqualTo(SessionEnd.COMPLETE);
	}

	// What fills the buffer of a socket whose peer closed its output
	@Test
	void largeAnswerReachesClientThatClosedItsOutput() throws IOException {
		PlainServer service = this.site.service((socket) -> {
			socket.getInputStream().readAllBytes();
			socket.getOutputStream().write(new byte[LENGTH]);
			socket.close();
		});
		Socket socket = this.site.connect(this.site.pair(service, (any) -> any));
		socket.shutdownOutput();
		LockSupport.parkNanos(Duration.ofMillis(500).toNanos());
		assertThat(socket.getInputStream().readAllBytes()).hasSize(LENGTH);
		assertThat(this.site.end("client")).satisfies((ended) -> {
			assertThat(ended.end()).isEqualTo(SessionEnd.COMPLETE);
			assertThat(ended.bytesToClient()).isEqualTo(LENGTH);
		});
	}

	@Test
	void serverThatSpeaksFirstIsHeard() throws IOException {
		PlainServer service = this.site.service((socket) -> {
			TunnelSite.send(socket, "220 ready");
			socket.getInputStream().transferTo(OutputStream.nullOutputStream());
			socket.close();
		});
		Socket socket = this.site.connect(this.site.pair(service, (any) -> any));
		assertThat(TunnelSite.read(socket, 9)).isEqualTo("220 ready");
	}

	@Test
	void clientWithoutCertificateGetsInWhenAuthenticationIsDisabled() {
		PlainServer service = this.site.echo();
		Gate gate = this.site.site()
			.open(GateSettings.server(false, TlsProfile.defaults()), this.site.site().authority().server(),
					(locations) -> {
					});
		RunningTunnel server = this.site
			.start(this.site.server(gate, TunnelSite.loopback(service.port())).disableAuthentication());
		Socket socket = this.site.connect(this.site.start(this.site.client(server)));
		assertThat(TunnelSite.exchange(socket, "hello")).isEqualTo("hello");
		// It has one, and was not asked for it
		assertThat(server.sessions()).singleElement().extracting(TunnelSession::peer).isNull();
	}

	@Test
	void addressThatIsNotAllowedIsRefusedBeforeItSaysAnything() throws IOException {
		PlainServer service = this.site.echo();
		Gate gate = this.site.site()
			.serverGate((settings) -> settings, (locations) -> locations.allowedNetworks(List.of("192.0.2.0/24")));
		RunningTunnel server = this.site.start(this.site.server(gate, TunnelSite.loopback(service.port())));
		assertThat(PlainClient.countUntilEnd(this.site.connect(server))).isZero();
		assertThat(this.site.site().refusals()).containsExactly(Reason.ADDRESS_NOT_ALLOWED);
		assertThat(service.accepted()).isEmpty();
		assertThat(server.totalSessions()).isZero();
	}

	@Test
	void serverNameIsCheckedInPlaceOfTheTarget() {
		Site site = this.site.site();
		PlainServer service = this.site.echo();
		Gate gate = site.open(GateSettings.server(true, TlsProfile.defaults()),
				site.authority().server((request) -> request.dns("api.test")), (locations) -> {
				});
		RunningTunnel server = this.site.start(this.site.server(gate, TunnelSite.loopback(service.port())));
		Socket socket = this.site.connect(this.site.start(this.site.client(server).serverName("api.test")));
		assertThat(TunnelSite.exchange(socket, "hello")).isEqualTo("hello");
		Socket other = this.site.connect(this.site.start(this.site.client(server).serverName("other.test")));
		assertThatExceptionOfType(SocketException.class).isThrownBy(() -> other.getInputStream().read());
		assertThat(this.site.end("client").detail()).contains("other.test");
	}

	private static void send(Socket socket, byte[] data) {
		try {
			socket.getOutputStream().write(data);
			socket.shutdownOutput();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private static String digest(InputStream input) throws IOException {
		return digest(input.readAllBytes());
	}

	private static String digest(byte[] data) {
		try {
			return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(data));
		}
		catch (NoSuchAlgorithmException ex) {
			throw new IllegalStateException(ex);
		}
	}

}
