package dev.mtls.tcp.channel;

import java.io.BufferedReader;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

import dev.mtls.decision.MtlsException;
import dev.mtls.decision.Reason;
import dev.mtls.event.MtlsEvent;
import dev.mtls.gate.Gate;
import dev.mtls.tcp.PlainClient;
import dev.mtls.tcp.PlainServer;
import dev.mtls.tcp.Site;
import dev.mtls.tcp.TlsEngine;
import dev.mtls.tcp.client.MtlsTcpClient;
import dev.mtls.tcp.server.MtlsTcpServer;
import dev.mtls.tcp.server.TcpListener;
import dev.mtls.test.Flaw;
import dev.mtls.test.PemFiles;
import dev.mtls.test.TestCertificate;
import dev.mtls.tls.TlsProfile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

/**
 * Tests for what a {@link SecureChannel} negotiates, and with whom, with the JDK and
 * {@code openssl} as peers.
 */
@Timeout(60)
class SecureChannelTests {

	private static final Duration CUT_WITHIN = Duration.ofSeconds(1);

	private final Channels channels = new Channels();

	private final List<Process> processes = new ArrayList<>();

	@TempDir
	Path directory;

	@AfterEach
	void close() {
		this.processes.forEach(Process::destroyForcibly);
		this.channels.close();
	}

	@ParameterizedTest
	@EnumSource(names = "UNAUTHENTICATED", mode = EnumSource.Mode.EXCLUDE)
	void oneWayOfTlsIsNegotiated(Way way) {
		MessageChannel channel = this.channels.connect(way, this.channels.echo(way));
		assertThat(Channels.exchange(channel, "ping")).isEqualTo("ping");
		assertThat(this.channels.site().events()).filteredOn(MtlsEvent.PeerAdmitted.class::isInstance)
			.hasSize(2)
			.extracting((event) -> ((MtlsEvent.PeerAdmitted) event).tls())
			.allSatisfy((tls) -> {
				assertThat(tls.protocol()).isEqualTo("TLSv1.3");
				assertThat(tls.cipherSuite()).isEqualTo("TLS_AES_256_GCM_SHA384");
			});
	}

	@Test
	void profileIsNarrow() {
		TlsProfile profile = SecureChannel.profile();
		assertThat(profile.protocols()).containsExactly("TLSv1.3");
		assertThat(profile.cipherSuites()).containsExactly("TLS_AES_256_GCM_SHA384");
		assertThat(profile.namedGroups()).startsWith("x25519");
		if (TlsProfile.canRestrictNamedGroups()) {
			assertThat(profile.namedGroups()).hasSize(1);
		}
	}

	@ParameterizedTest
	@EnumSource
	void engineAndProfileOfTcpAreNotUsed(TlsEngine engine) {
		TlsProfile other = new TlsProfile(List.of("TLSv1.2"), List.of(), List.of());
		Site site = this.channels.site();
		TcpListener listener = this.channels.listen(SecureChannel
			.server(MtlsTcpServer.create(site.serverGate()).engine(engine).tls(other).host("127.0.0.1"))
			.handle((channel) -> channel.send(channel.receive())));
		MessageChannel channel = this.channels
			.connect(SecureChannel.client(site.client(listener, Channels.CLIENT).engine(engine).tls(other)));
		assertThat(Channels.exchange(channel, "ping")).isEqualTo("ping");
	}

	@ParameterizedTest
	@CsvSource({ "TLSv1.2, TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384", "TLSv1.3, TLS_AES_128_GCM_SHA256",
			"TLSv1.3, TLS_CHACHA20_POLY1305_SHA256" })
	void clientWithOtherTlsIsRefused(String protocol, String suite) throws IOException {
		TcpListener listener = this.channels.listen(Way.SECURE, this.channels::keep);
		assertThat(isServed(listener, context(client(Channels.CLIENT)), protocol, suite)).isFalse();
		assertRefused(listener, Reason.HANDSHAKE_FAILED);
	}

	@ParameterizedTest
	@CsvSource({ "TLSv1.2, TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384", "TLSv1.3, TLS_AES_128_GCM_SHA256",
			"TLSv1.3, TLS_CHACHA20_POLY1305_SHA256" })
	void serverWithOtherTlsIsRefused(String protocol, String suite) {
		SSLContext context = context(this.channels.site().authority().server());
		try (PlainServer server = PlainServer.start((socket) -> {
			SSLSocket tls = (SSLSocket) context.getSocketFactory().createSocket(socket, null, socket.getPort(), false);
			tls.setUseClientMode(false);
			tls.setNeedClientAuth(true);
			restrict(tls, protocol, suite);
			tls.startHandshake();
		})) {
			assertThat(Site.failure(this.channels.client(Way.SECURE, server.port()).connect())).isInstanceOfSatisfying(
					MtlsException.class,
					(exception) -> assertThat(exception.reason()).isEqualTo(Reason.HANDSHAKE_FAILED));
		}
	}

	@Test
	void clientWithSameTlsIsServed() throws IOException {
		TcpListener listener = this.channels.echo(Way.SECURE);
		assertThat(isServed(listener, context(client(Channels.CLIENT)), "TLSv1.3", "TLS_AES_256_GCM_SHA384")).isTrue();
	}

	@Test
	void clientWithoutCertificateIsRefused() throws IOException {
		TcpListener listener = this.channels.listen(Way.SECURE, this.channels::keep);
		assertThat(
				isServed(listener, this.channels.site().authority().sslContext(), "TLSv1.3", "TLS_AES_256_GCM_SHA384"))
			.isFalse();
		assertRefused(listener, Reason.CERTIFICATE_MISSING);
	}

	@ParameterizedTest
	@EnumSource(names = { "OTHER_AUTHORITY", "IMPOSTOR_AUTHORITY", "SELF_SIGNED" })
	void clientOfAnotherAuthorityIsRefused(Flaw flaw) throws IOException {
		TcpListener listener = this.channels.listen(Way.SECURE, this.channels::keep);
		assertThat(isServed(listener, context(this.channels.site().authority().client(flaw, Channels.CLIENT)),
				"TLSv1.3", "TLS_AES_256_GCM_SHA384"))
			.isFalse();
		assertRefused(listener, Reason.ISSUER_UNKNOWN);
	}

	@Test
	void clientThatIsNotListedIsRefused() throws IOException {
		TcpListener listener = listen(this.channels.site()
			.serverGate((settings) -> settings,
					(locations) -> locations.allowedPeers("allowed-clients", List.of("billing.example.com"))));
		assertThat(isServed(listener, context(client(Channels.CLIENT)), "TLSv1.3", "TLS_AES_256_GCM_SHA384")).isFalse();
		assertRefused(listener, Reason.IDENTITY_NOT_ALLOWED);
	}

	@Test
	void clientThatIsRevokedIsCutAndOthersGoOn() {
		Site site = this.channels.site();
		TestCertificate revoked = client(Channels.CLIENT);
		Path crl = Site.write(this.directory.resolve("ca.crl"), site.authority().crl());
		Gate gate = site.serverGate((settings) -> settings.withRevocation(Site.CRLS),
				(locations) -> locations.crls(List.of("file:" + crl)));
		TcpListener listener = listen(gate);
		MessageChannel cut = this.channels.connect(SecureChannel
			.client(MtlsTcpClient.create(site.clientGate(revoked, (settings) -> settings, (locations) -> {
			})).host("localhost").port(listener.port())));
		MessageChannel other = this.channels
			.connect(SecureChannel.client(site.client(listener, "billing.example.com")));
		Site.end(cut.send(Channels.bytes("still admitted")));
		assertThat(this.channels.received()).isEqualTo("still admitted");
		Site.write(crl, site.authority().crl(revoked.certificate()));
		gate.reload();
		Site.await(() -> !cut.isOpen() && listener.connections() == 1, CUT_WITHIN);
		assertThat(Site.failure(cut.receive())).isNotNull();
		assertThat(this.channels.received()).contains("PeerRefusedException");
		Site.end(other.send(Channels.bytes("still here")));
		assertThat(this.channels.received()).isEqualTo("still here");
	}

	@Test
	void messageOfOpenSslArrivesAndIsAnswered() throws Exception {
		requireOpenSsl();
		TcpListener listener = this.channels.listen(Way.SECURE, (channel) -> channel.send(channel.receive().take(1)));
		Process client = openSslClient(listener, "-quiet");
		client.getOutputStream().write(frame("hello"));
		client.getOutputStream().flush();
		assertThat(client.getInputStream().readAllBytes()).isEqualTo(frame("hello"));
		assertThat(client.waitFor(10, TimeUnit.SECONDS)).isTrue();
		assertThat(this.channels.site().admissions()).containsExactly(Channels.CLIENT);
	}

	@ParameterizedTest
	@CsvSource({ "-tls1_2", "-ciphersuites TLS_AES_128_GCM_SHA256", "-ciphersuites TLS_CHACHA20_POLY1305_SHA256" })
	void openSslWithOtherTlsIsRefused(String options) throws Exception {
		requireOpenSsl();
		TcpListener listener = this.channels.listen(Way.SECURE, this.channels::keep);
		Process client = openSslClient(listener, options.split(" "));
		assertThat(outputOf(client)).contains("alert");
		assertRefused(listener, Reason.HANDSHAKE_FAILED);
	}

	@Test
	void openSslWithAnotherGroupIsRefusedWhereTheJdkCanRestrictIt() throws Exception {
		requireOpenSsl();
		TcpListener listener = this.channels.listen(Way.SECURE, (channel) -> channel.send(Channels.bytes("hello")));
		Process client = openSslClient(listener, "-groups", "P-256");
		if (TlsProfile.canRestrictNamedGroups()) {
			assertThat(outputOf(client)).contains("alert");
			assertRefused(listener, Reason.HANDSHAKE_FAILED);
		}
		else {
			assertThat(outputOf(client)).contains("Server Temp Key: ECDH, prime256v1", "hello");
		}
	}

	@Test
	void messageOfOpenSslServerArrives() throws Exception {
		requireOpenSsl();
		PemFiles server = this.channels.site().authority().server().writeTo(this.directory, "server");
		Process process = start("openssl", "s_server", "-accept", "127.0.0.1:0", "-cert",
				server.certificate().toString(), "-key", server.privateKey().toString(), "-CAfile", trust(), "-Verify",
				"1", "-verify_return_error", "-tls1_3");
		BufferedReader output = process.inputReader(StandardCharsets.ISO_8859_1);
		int port = portOf(output);
		MessageChannel channel = this.channels.connect(this.channels.client(Way.SECURE, port));
		process.getOutputStream().write(frame("hello"));
		process.getOutputStream().flush();
		assertThat(Channels.text(Site.get(channel.receive().next()))).isEqualTo("hello");
		Site.end(channel.send(Channels.bytes("and back\n")));
		assertThat(output.lines().filter((line) -> line.contains("and back")).findFirst()).isPresent();
	}

	private TcpListener listen(Gate gate) {
		return this.channels
			.listen(SecureChannel.server(MtlsTcpServer.create(gate).host("127.0.0.1")).handle(this.channels::keep));
	}

	private TestCertificate client(String name) {
		return this.channels.site().authority().client(name);
	}

	private SSLContext context(TestCertificate certificate) {
		return certificate.sslContext(this.channels.site().authority());
	}

	private void assertRefused(TcpListener listener, Reason reason) {
		Site.await(() -> listener.connections() == 0 && !this.channels.site().refusals().isEmpty());
		assertThat(this.channels.site().refusals()).containsExactly(reason);
		assertThat(this.channels.hasReceived()).isFalse();
	}

	// Whether an echo comes back
	private static boolean isServed(TcpListener listener, SSLContext context, String protocol, String suite)
			throws IOException {
		byte[] frame = frame("hello");
		try (SSLSocket tls = PlainClient.tls(context, PlainClient.connect(listener.port()))) {
			restrict(tls, protocol, suite);
			tls.startHandshake();
			tls.getOutputStream().write(frame);
			return Arrays.equals(tls.getInputStream().readNBytes(frame.length), frame);
		}
		catch (SocketTimeoutException ex) {
			throw ex;
		}
		catch (IOException ex) {
			return false;
		}
	}

	private static void restrict(SSLSocket tls, String protocol, String suite) {
		tls.setEnabledProtocols(new String[] { protocol });
		tls.setEnabledCipherSuites(new String[] { suite });
	}

	private static byte[] frame(String text) {
		byte[] message = Channels.bytes(text);
		return ByteBuffer.allocate(Integer.BYTES + message.length).putInt(message.length).put(message).array();
	}

	private Process openSslClient(TcpListener listener, String... options) throws IOException {
		PemFiles client = client(Channels.CLIENT).writeTo(this.directory, "client");
		List<String> command = new ArrayList<>(List.of("openssl", "s_client", "-connect",
				"127.0.0.1:" + listener.port(), "-CAfile", trust(), "-verify_return_error", "-ign_eof", "-cert",
				client.certificate().toString(), "-key", client.privateKey().toString()));
		command.addAll(List.of(options));
		return start(command.toArray(String[]::new));
	}

	private String trust() {
		return this.channels.site().authority().writeTo(this.directory, "trust").toString();
	}

	// What it tells of itself goes to the other output
	private Process start(String... command) throws IOException {
		Process process = new ProcessBuilder(command)
			.redirectError(this.directory.resolve("errors-" + this.processes.size()).toFile())
			.start();
		this.processes.add(process);
		// Whoever reads what it says waits for its end
		CompletableFuture.delayedExecutor(20, TimeUnit.SECONDS).execute(process::destroyForcibly);
		return process;
	}

	private String outputOf(Process process) throws Exception {
		String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
		assertThat(process.waitFor(10, TimeUnit.SECONDS)).isTrue();
		return output + Files.readString(this.directory.resolve("errors-0"), StandardCharsets.ISO_8859_1);
	}

	private static int portOf(BufferedReader output) throws IOException {
		for (String line = output.readLine(); line != null; line = output.readLine()) {
			if (line.startsWith("ACCEPT ")) {
				return Integer.parseInt(line.substring(line.lastIndexOf(':') + 1));
			}
		}
		throw new IllegalStateException("The server does not listen");
	}

	private static void requireOpenSsl() {
		boolean found;
		try {
			found = new ProcessBuilder("openssl", "version").start().waitFor() == 0;
		}
		catch (IOException | InterruptedException ex) {
			found = false;
		}
		assumeTrue(found, "openssl is not installed");
	}

}
