package dev.mtls.tcp.channel;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

import dev.mtls.decision.MtlsException;
import dev.mtls.decision.Reason;
import dev.mtls.tcp.PlainClient;
import dev.mtls.tcp.PlainServer;
import dev.mtls.tcp.Site;
import dev.mtls.tcp.server.TcpListener;
import dev.mtls.test.Flaw;
import dev.mtls.test.TestAuthority;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests with somebody between a client and a server.
 */
@Timeout(60)
class ManInTheMiddleTests {

	private static final String SECRET = "pay 10 to alice";

	private final Channels channels = new Channels();

	private final List<String> read = new CopyOnWriteArrayList<>();

	private final ByteArrayOutputStream passed = new ByteArrayOutputStream();

	private volatile boolean armed;

	@AfterEach
	void close() {
		this.channels.close();
	}

	@Test
	void attackerReadsAndChangesMessagesOfUnauthenticatedChannelUnnoticed() {
		TcpListener listener = confirming(Way.UNAUTHENTICATED);
		try (PlainServer attacker = PlainServer.start((client) -> {
			try (Socket server = PlainClient.connect(listener.port())) {
				exchangeKeysWithBoth(client, server);
			}
		})) {
			MessageChannel channel = this.channels.connect(this.channels.client(Way.UNAUTHENTICATED, attacker.port()));
			// Each side gets what the attacker made of it, and takes it for the peer's
			assertThat(Channels.exchange(channel, SECRET)).isEqualTo("confirmed: pay 10 to alice");
			assertThat(this.channels.received()).isEqualTo("pay 10 to mallory");
			assertThat(this.read).containsExactly(SECRET, "confirmed: pay 10 to mallory");
			assertThat(channel.isOpen()).isTrue();
			channel.close();
			assertThat(this.channels.received()).isEqualTo("complete");
		}
	}

	@ParameterizedTest
	@CsvSource({ "SECURE,OTHER_AUTHORITY", "SECURE,IMPOSTOR_AUTHORITY", "SECURE,SELF_SIGNED",
			"KEY_EXCHANGE_IN_TLS,OTHER_AUTHORITY", "KEY_EXCHANGE_IN_TLS,IMPOSTOR_AUTHORITY",
			"KEY_EXCHANGE_IN_TLS,SELF_SIGNED" })
	void attackerWhoTerminatesTlsIsRefusedByClientAndServer(Way way, Flaw flaw) {
		TcpListener listener = confirming(way);
		TestAuthority authority = this.channels.site().authority();
		AtomicInteger refusedByServer = new AtomicInteger();
		try (PlainServer attacker = PlainServer.start((client) -> {
			boolean reached = isServed(listener, authority.client(flaw, Channels.CLIENT).sslContext(authority));
			refusedByServer.addAndGet(reached ? 0 : 1);
			SSLSocket tls = terminate(authority.server(flaw).sslContext(authority), client);
			this.read.add(new String(tls.getInputStream().readNBytes(1), StandardCharsets.ISO_8859_1));
		})) {
			assertRefusedByClient(way, attacker.port(), Reason.ISSUER_UNKNOWN);
		}
		assertThat(refusedByServer).hasValue(1);
		Site.await(() -> this.channels.site().refusals().size() == 2);
		assertThat(this.channels.site().refusals()).containsOnly(Reason.ISSUER_UNKNOWN);
		assertNothingPassed(listener);
	}

	@ParameterizedTest
	@EnumSource(names = "UNAUTHENTICATED", mode = EnumSource.Mode.EXCLUDE)
	void attackerWithoutTlsIsRefusedByClientAndServer(Way way) {
		TcpListener listener = confirming(way);
		AtomicInteger refusedByServer = new AtomicInteger();
		try (PlainServer attacker = PlainServer.start((client) -> {
			try (Socket server = PlainClient.connect(listener.port())) {
				// One key in a hundred looks like the beginning of an SSL 2.0 record, of
				// which the server awaits the rest
				server.setSoTimeout(2000);
				ForeignPeer.client(server.getInputStream(), server.getOutputStream());
			}
			catch (IOException ex) {
				refusedByServer.incrementAndGet();
			}
			byte[] hello = client.getInputStream().readNBytes(ForeignPeer.REQUEST);
			this.passed.write(hello);
			client.getOutputStream().write(new byte[ForeignPeer.RESPONSE]);
		})) {
			assertRefusedByClient(way, attacker.port(), Reason.HANDSHAKE_FAILED);
		}
		assertThat(refusedByServer).hasValue(1);
		assertNothingPassed(listener);
	}

	@ParameterizedTest
	@EnumSource(names = "UNAUTHENTICATED", mode = EnumSource.Mode.EXCLUDE)
	void relayPassesNothingReadable(Way way) {
		TcpListener listener = confirming(way);
		try (PlainServer relay = relay(listener, Fault.NONE)) {
			MessageChannel channel = this.channels.connect(this.channels.client(way, relay.port()));
			assertThat(Channels.exchange(channel, SECRET)).isEqualTo("confirmed: " + SECRET);
		}
		assertThat(this.channels.received()).isEqualTo(SECRET);
		assertThat(this.passed.toString(StandardCharsets.ISO_8859_1)).hasSizeGreaterThan(100)
			.doesNotContain(SECRET)
			.doesNotContain("alice");
	}

	@ParameterizedTest
	@EnumSource(names = "NONE", mode = EnumSource.Mode.EXCLUDE)
	void relayThatTouchesBytesEndsChannel(Fault fault) {
		for (Way way : List.of(Way.SECURE, Way.KEY_EXCHANGE_IN_TLS)) {
			TcpListener listener = confirming(way);
			try (PlainServer relay = relay(listener, fault)) {
				MessageChannel channel = this.channels.connect(this.channels.client(way, relay.port()));
				assertThat(Channels.exchange(channel, "first")).isEqualTo("confirmed: first");
				assertThat(this.channels.received()).isEqualTo("first");
				this.armed = true;
				int before = this.passed.size();
				Site.end(channel.send(Channels.bytes(SECRET)).onErrorComplete());
				// In pieces of their own, so that a byte that is missing is missed
				Site.await(() -> this.passed.size() > before);
				Site.end(channel.send(Channels.bytes(SECRET)).onErrorComplete());
				// Before what was touched, both may have passed
				String next = this.channels.received();
				for (int i = 0; i < 2 && next.equals(SECRET); i++) {
					next = this.channels.received();
				}
				assertThat(next).as("%s, %s", way, fault).contains("SSL");
				assertThat(Site.failure(channel.receive())).isInstanceOf(IOException.class);
				Site.await(() -> listener.connections() == 0);
				this.armed = false;
			}
		}
	}

	private TcpListener confirming(Way way) {
		return this.channels.listen(way,
				(channel) -> this.channels.kept(channel)
					.concatMap((message) -> channel.send(Channels.bytes("confirmed: " + Channels.text(message))))
					.then());
	}

	private void exchangeKeysWithBoth(Socket client, Socket server) throws IOException {
		ForeignPeer atServer = ForeignPeer.client(server.getInputStream(), server.getOutputStream());
		ForeignPeer atClient = ForeignPeer.server(client.getInputStream(), client.getOutputStream());
		for (byte[] message = atClient.receive(); message != null; message = atClient.receive()) {
			atServer.send(changed(message, "alice", "mallory"));
			byte[] answer = atServer.receive();
			if (answer != null) {
				atClient.send(changed(answer, "mallory", "alice"));
			}
		}
		atServer.close();
		PlainClient.countUntilEnd(server);
	}

	private byte[] changed(byte[] message, String from, String to) {
		this.read.add(Channels.text(message));
		return Channels.bytes(Channels.text(message).replace(from, to));
	}

	private void assertRefusedByClient(Way way, int port, Reason reason) {
		assertThat(Site.failure(this.channels.client(way, port).connect())).isInstanceOfSatisfying(MtlsException.class,
				(exception) -> assertThat(exception.reason()).isEqualTo(reason));
	}

	private void assertNothingPassed(TcpListener listener) {
		Site.await(() -> listener.connections() == 0);
		assertThat(this.read).allMatch(String::isEmpty);
		assertThat(this.passed.toString(StandardCharsets.ISO_8859_1).toLowerCase(Locale.ROOT)).doesNotContain("alice");
		assertThat(this.channels.hasReceived()).isFalse();
	}

	private PlainServer relay(TcpListener listener, Fault fault) {
		return PlainServer.start((client) -> {
			Socket server = PlainClient.connect(listener.port());
			Thread back = new Thread(() -> pass(server, client, Fault.NONE));
			back.start();
			pass(client, server, fault);
		});
	}

	private void pass(Socket from, Socket to, Fault fault) {
		try (from; to) {
			InputStream input = from.getInputStream();
			OutputStream output = to.getOutputStream();
			byte[] buffer = new byte[16_384];
			for (int count = input.read(buffer); count >= 0; count = input.read(buffer)) {
				synchronized (this.passed) {
					this.passed.write(buffer, 0, count);
				}
				(this.armed ? fault : Fault.NONE).write(buffer, count, output);
			}
		}
		catch (IOException ex) {
			// Ended
		}
	}

	// Whether a handshake and what follows it succeed
	private static boolean isServed(TcpListener listener, SSLContext context) {
		try (SSLSocket tls = PlainClient.tls(context, PlainClient.connect(listener.port()))) {
			tls.startHandshake();
			return tls.getInputStream().read() >= 0;
		}
		catch (IOException ex) {
			return false;
		}
	}

	private static SSLSocket terminate(SSLContext context, Socket client) throws IOException {
		SSLSocket tls = (SSLSocket) context.getSocketFactory().createSocket(client, null, client.getPort(), false);
		tls.setUseClientMode(false);
		tls.startHandshake();
		return tls;
	}

	/**
	 * What a relay does to the bytes.
	 */
	enum Fault {

		NONE {
			@Override
			void write(byte[] buffer, int count, OutputStream output) throws IOException {
				output.write(buffer, 0, count);
			}
		},

		FLIP {
			@Override
			void write(byte[] buffer, int count, OutputStream output) throws IOException {
				buffer[count - 1] ^= 1;
				output.write(buffer, 0, count);
			}
		},

		DROP {
			@Override
			void write(byte[] buffer, int count, OutputStream output) throws IOException {
				output.write(buffer, 0, count - 1);
			}
		},

		REPEAT {
			@Override
			void write(byte[] buffer, int count, OutputStream output) throws IOException {
				output.write(buffer, 0, count);
				output.write(buffer, 0, count);
			}
		};

		abstract void write(byte[] buffer, int count, OutputStream output) throws IOException;

	}

}
