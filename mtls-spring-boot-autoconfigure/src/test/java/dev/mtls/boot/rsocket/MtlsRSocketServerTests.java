package dev.mtls.boot.rsocket;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;

import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;

import io.rsocket.Payload;
import io.rsocket.RSocket;
import io.rsocket.SocketAcceptor;
import io.rsocket.core.RSocketConnector;
import io.rsocket.core.RSocketServer;
import io.rsocket.core.Resume;
import io.rsocket.exceptions.RejectedException;
import io.rsocket.exceptions.RejectedSetupException;
import io.rsocket.transport.netty.client.TcpClientTransport;
import io.rsocket.transport.netty.server.CloseableChannel;
import io.rsocket.transport.netty.server.TcpServerTransport;
import io.rsocket.util.DefaultPayload;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.boot.web.server.PortInUseException;
import org.springframework.messaging.rsocket.RSocketRequester;
import reactor.core.Exceptions;
import reactor.core.publisher.Flux;

import dev.mtls.decision.Reason;
import dev.mtls.test.TestAuthority;
import dev.mtls.test.TestCertificate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatException;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for Spring Boot's RSocket servers behind the gate: on a port of their own over
 * TCP and WebSocket, and on that of the web server.
 */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class MtlsRSocketServerTests {

	private final TestAuthority authority = TestAuthority.create();

	private final List<AutoCloseable> opened = new ArrayList<>();

	private Path directory;

	@BeforeEach
	void write(@TempDir Path directory) throws IOException {
		this.directory = directory;
		this.authority.writeTo(directory, "ca");
		this.authority.server().writeTo(directory, "server");
		revoke();
	}

	@AfterEach
	void close() throws Exception {
		for (AutoCloseable each : this.opened) {
			each.close();
		}
	}

	@ParameterizedTest
	@EnumSource
	void messageWhenPeerIsAdmittedTellsItsHandlerWhoSentIt(Place place) throws Exception {
		RSocketApplication server = server(place, "mtls.server.allowed-clients=alice,bob");
		TestPeer alice = peer(server, "alice");
		TestPeer bob = peer(server, "bob");
		assertThat(alice.ask("who")).isEqualTo(TestPeer.fromHere("alice"));
		assertThat(bob.ask("who")).isEqualTo(TestPeer.fromHere("bob"));
		assertThat(alice.ask("name")).isEqualTo("alice");
		assertThat(alice.ask("current")).isEqualTo("alice");
		assertThat(alice.echo("one", "two")).containsExactly("alice: one", "alice: two");
		alice.ticks().assertRun();
		alice.note("hello");
		assertThat(server.messages().notes().poll(10, TimeUnit.SECONDS)).isEqualTo("alice: hello");
		assertThat(server.messages().connected()).containsExactly(TestPeer.fromHere("alice"), TestPeer.fromHere("bob"));
		assertThat(server.gate().connections()).hasSize(2);
	}

	@ParameterizedTest
	@EnumSource
	void connectionWhenNameIsNotAllowedIsRefused(Place place) throws Exception {
		RSocketApplication server = server(place, "mtls.server.allowed-clients=alice");
		assertRefused(server, peer(server, "mallory"), Reason.IDENTITY_NOT_ALLOWED);
	}

	@ParameterizedTest
	@EnumSource
	void connectionWhenPeerIsOfAnotherAuthorityIsRefused(Place place) throws Exception {
		RSocketApplication server = server(place);
		SSLContext other = TestAuthority.create().client("alice").sslContext(this.authority);
		assertRefused(server, opened(new TestPeer(server, other)), Reason.ISSUER_UNKNOWN);
	}

	@ParameterizedTest
	@EnumSource
	void connectionWhenCertificateIsRevokedIsRefused(Place place) throws Exception {
		TestCertificate certificate = this.authority.client("alice");
		RSocketApplication server = server(place, "mtls.server.revocation.crls=" + revoke(certificate.certificate()));
		assertRefused(server, opened(new TestPeer(server, certificate.sslContext(this.authority))),
				Reason.CERTIFICATE_REVOKED);
		assertThat(peer(server, "bob").ask("name")).isEqualTo("bob");
	}

	@ParameterizedTest
	@EnumSource
	void connectionWhenAddressIsNotAllowedIsRefused(Place place) throws Exception {
		RSocketApplication server = server(place, "mtls.server.allowed-networks=192.0.2.0/24");
		assertRefused(server, peer(server, "alice"), Reason.ADDRESS_NOT_ALLOWED);
	}

	@ParameterizedTest
	@EnumSource
	void connectionWhenPeerHasNoCertificateIsRefused(Place place) throws Exception {
		RSocketApplication server = server(place);
		assertThatException().isThrownBy(() -> anonymous(server).ask("who"));
		assertThat(server.messages().connected()).isEmpty();
	}

	@ParameterizedTest
	@EnumSource
	void messageWhenNoCertificateIsNeededTellsNobody(Place place) {
		RSocketApplication server = server(place, "mtls.server.client-auth=want");
		TestPeer anonymous = anonymous(server);
		assertThat(anonymous.ask("who")).isEqualTo(TestPeer.fromHere("nobody"));
		assertThatExceptionOfType(RejectedException.class).isThrownBy(() -> anonymous.ask("name"))
			.withMessage(Reason.CERTIFICATE_MISSING.code());
		assertThatExceptionOfType(RejectedException.class).isThrownBy(() -> anonymous.echo("one"))
			.withMessage(Reason.CERTIFICATE_MISSING.code());
	}

	@ParameterizedTest
	@EnumSource
	void setupWhenPathsAreExcludedStillNeedsACertificate(Place place) throws Exception {
		RSocketApplication server = server(place, "mtls.server.excluded-paths=/rsocket");
		assertSetupRefused(server, anonymous(server), Reason.CERTIFICATE_MISSING);
		assertThat(peer(server, "alice").ask("name")).isEqualTo("alice");
	}

	@ParameterizedTest
	@EnumSource
	void setupWhenCertificateIsWantedAndNameIsNotAllowedIsRefused(Place place) throws Exception {
		RSocketApplication server = server(place, "mtls.server.client-auth=want", "mtls.server.allowed-clients=alice");
		assertSetupRefused(server, peer(server, "mallory"), Reason.IDENTITY_NOT_ALLOWED);
	}

	@ParameterizedTest
	@EnumSource
	void setupWhenPeerIsAProxyIsRefused(Place place) throws Exception {
		RSocketApplication server = server(place, "mtls.server.forwarded.format=rfc9440",
				"mtls.server.forwarded.proxies=dns:proxy");
		assertSetupRefused(server, peer(server, "proxy"), Reason.CERTIFICATE_MISSING);
		assertThat(peer(server, "alice").ask("name")).isEqualTo("alice");
	}

	@ParameterizedTest
	@EnumSource
	void setupWhenSessionCanBeResumedIsRefused(Place place) throws Exception {
		RSocketApplication server = server(place, "test.resume=true");
		TestPeer resuming = opened(new TestPeer(server, this.authority.client("alice").sslContext(this.authority),
				(connector) -> connector.resume(new Resume())));
		// Its answer would wait until the session is resumed
		resuming.begin("who");
		server.assertRefused(Reason.IDENTITY_NOT_ALLOWED);
		assertThat(server.messages().connected()).isEmpty();
	}

	@ParameterizedTest
	@EnumSource
	void streamWhenKillSwitchIsEngagedIsCutWithinASecond(Place place) throws Exception {
		RSocketApplication server = server(place);
		TestPeer alice = peer(server, "alice");
		TestPeer.Ticks ticks = alice.ticks();
		server.killSwitch().set(true);
		ticks.assertEndedWithinASecond();
		assertThatException().isThrownBy(() -> peer(server, "bob").ask("who"));
		server.killSwitch().set(false);
		assertThat(peer(server, "bob").ask("name")).isEqualTo("bob");
	}

	@ParameterizedTest
	@EnumSource
	void streamWhenRulesChangeIsCutWithinASecondAndOthersGoOn(Place place) throws Exception {
		RSocketApplication server = server(place, "mtls.server.allowed-clients=" + allow("alice", "mallory"));
		TestPeer.Ticks cut = peer(server, "mallory").ticks();
		TestPeer.Ticks staying = peer(server, "alice").ticks();
		allow("alice");
		server.reload();
		cut.assertEndedWithinASecond();
		assertThatException().isThrownBy(() -> peer(server, "mallory").ask("who"));
		staying.assertRun();
	}

	@ParameterizedTest
	@EnumSource
	void connectionWhenRevokedIsCutWithinASecond(Place place) throws Exception {
		RSocketApplication server = server(place, "mtls.server.revocation.crls=" + revoke());
		TestCertificate certificate = this.authority.client("mallory");
		TestPeer.Ticks cut = opened(new TestPeer(server, certificate.sslContext(this.authority))).ticks();
		revoke(certificate.certificate());
		server.reload();
		cut.assertEndedWithinASecond();
	}

	@ParameterizedTest
	@EnumSource
	void requestOfTheServerReachesThePeerThatConnected(Place place) throws Exception {
		RSocketApplication server = server(place);
		RSocket answering = new RSocket() {

			@Override
			public Flux<Payload> requestStream(Payload payload) {
				payload.release();
				return Flux.fromStream(IntStream.range(0, 3).mapToObj(String::valueOf)).map(DefaultPayload::create);
			}

		};
		TestPeer alice = opened(new TestPeer(server, this.authority.client("alice").sslContext(this.authority),
				(connector) -> connector.acceptor(SocketAcceptor.with(answering))));
		assertThat(alice.ask("name")).isEqualTo("alice");
		RSocketRequester requester = server.messages().requesters().poll(10, TimeUnit.SECONDS);
		assertThat(requester).isNotNull();
		assertThat(requester.route("any").retrieveFlux(String.class).collectList().block(TestPeer.PATIENCE))
			.containsExactly("0", "1", "2");
	}

	@ParameterizedTest
	@EnumSource
	void serverWhenItsCertificateIsRenewedPresentsItToNewConnections(Place place) throws Exception {
		RSocketApplication server = server(place);
		TestPeer.Ticks ticks = peer(server, "alice").ticks();
		TestCertificate renewed = this.authority.server();
		renewed.writeTo(this.directory, "server");
		server.reload();
		try (SSLSocket socket = (SSLSocket) this.authority.client("bob")
			.sslContext(this.authority)
			.getSocketFactory()
			.createSocket("localhost", server.port())) {
			socket.startHandshake();
			assertThat(socket.getSession().getPeerCertificates()[0]).isEqualTo(renewed.certificate());
		}
		ticks.assertRun();
	}

	@ParameterizedTest
	@EnumSource
	void connectionWhenPeerSaysNothingIsClosedAtTheTimeout(Place place) throws Exception {
		RSocketApplication server = server(place, "mtls.server.limits.handshake-timeout=200ms");
		try (Socket socket = new Socket("localhost", server.port())) {
			assertThat(isClosed(socket)).isTrue();
		}
		server.assertRefused(Reason.HANDSHAKE_TIMEOUT);
	}

	@ParameterizedTest
	@EnumSource
	void connectionWhenProxyTellsItsAddressTellsHandlersThatAddress(Place place) {
		RSocketApplication server = server(place, "mtls.server.proxy-protocol.proxy-networks=127.0.0.0/8,::1/128",
				"mtls.server.allowed-networks=192.0.2.0/24");
		TestPeer alice = opened(
				new TestPeer(server, this.authority.client("alice").sslContext(this.authority), (connector) -> {
				}, "PROXY TCP4 192.0.2.7 192.0.2.1 4321 443\r\n"));
		assertThat(alice.ask("who")).isEqualTo("alice from 192.0.2.7");
		assertThatException().isThrownBy(() -> peer(server, "alice").ask("who"));
	}

	@Test
	void startWhenPortIsTakenSaysWhichOne() {
		int port = server(Place.TCP).port();
		assertThatException().isThrownBy(() -> server(Place.TCP, "spring.rsocket.server.port=" + port))
			.extracting(Throwable::getCause)
			.asInstanceOf(InstanceOfAssertFactories.throwable(PortInUseException.class))
			.extracting(PortInUseException::getPort)
			.isEqualTo(port);
	}

	@Test
	void connectionWhenItDidNotComeThroughTheGateIsRefused() throws Exception {
		RSocketApplication server = server(Place.TCP);
		RSocketServer other = RSocketServer.create(SocketAcceptor.with(new RSocket() {
		}));
		new MtlsRSocketServerCustomizer(server.gate(), false).customize(other);
		CloseableChannel channel = other.bindNow(TcpServerTransport.create("localhost", 0));
		this.opened.add(channel::dispose);
		assertThatException()
			.isThrownBy(() -> RSocketConnector
				.connectWith(TcpClientTransport.create("localhost", channel.address().getPort()))
				.flatMapMany((peer) -> peer.requestStream(DefaultPayload.create("hello")))
				.blockLast(TestPeer.PATIENCE))
			.extracting(Exceptions::unwrap)
			.asInstanceOf(InstanceOfAssertFactories.throwable(RejectedSetupException.class))
			.hasMessage(Reason.INTERNAL.code());
		server.assertRefused(Reason.INTERNAL);
	}

	@Test
	void serverWhenAddressIsSetListensThere() {
		RSocketApplication server = server(Place.TCP, "spring.rsocket.server.address=127.0.0.2",
				"spring.rsocket.server.fragment-size=64B");
		assertThatException().isThrownBy(() -> peer(server, "alice").ask("who"));
		assertThat(isListening(new InetSocketAddress("127.0.0.2", server.port()))).isTrue();
	}

	private RSocketApplication server(Place place, String... properties) {
		List<String> all = new ArrayList<>(List.of("mtls.server.certificate=" + this.directory.resolve("server.crt"),
				"mtls.server.private-key=" + this.directory.resolve("server.key"),
				"mtls.server.trust-certificates=" + this.directory.resolve("ca.crt")));
		all.addAll(List.of(properties));
		return opened(new RSocketApplication(place, all));
	}

	private TestPeer peer(RSocketApplication server, String name) {
		return opened(new TestPeer(server, this.authority.client(name).sslContext(this.authority)));
	}

	private TestPeer anonymous(RSocketApplication server) {
		return opened(new TestPeer(server, this.authority.sslContext()));
	}

	private <T extends AutoCloseable> T opened(T closeable) {
		this.opened.add(0, closeable);
		return closeable;
	}

	private String allow(String... rules) throws IOException {
		Path file = this.directory.resolve("allowed");
		Files.write(file, List.of(rules));
		return "file:" + file;
	}

	private String revoke(X509Certificate... revoked) throws IOException {
		Path file = this.directory.resolve("ca.crl");
		Files.write(file, this.authority.crl(revoked));
		return "file:" + file;
	}

	private static void assertRefused(RSocketApplication server, TestPeer peer, Reason reason) throws Exception {
		assertThatException().isThrownBy(() -> peer.ask("who"));
		server.assertRefused(reason);
		assertThat(server.messages().connected()).isEmpty();
	}

	private static void assertSetupRefused(RSocketApplication server, TestPeer peer, Reason reason) throws Exception {
		assertThatException().isThrownBy(() -> peer.ask("who"))
			.extracting(Exceptions::unwrap)
			.asInstanceOf(InstanceOfAssertFactories.throwable(RejectedSetupException.class))
			.hasMessage(reason.code());
		server.assertRefused(reason);
		assertThat(server.messages().connected()).isEmpty();
	}

	private static boolean isClosed(Socket socket) throws IOException {
		socket.setSoTimeout((int) Duration.ofSeconds(5).toMillis());
		try {
			return socket.getInputStream().read() < 0;
		}
		catch (SocketException ex) {
			return true;
		}
	}

	private static boolean isListening(InetSocketAddress address) {
		try (Socket socket = new Socket()) {
			socket.connect(address);
			return true;
		}
		catch (IOException ex) {
			return false;
		}
	}

}
