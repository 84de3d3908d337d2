package dev.mtls.cli.tunnel;

import java.io.IOException;
import java.math.BigInteger;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;

import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import dev.mtls.test.TestAuthority;
import dev.mtls.test.TestCertificate;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests that processes of {@code mtls tunnel} read changed files while connections are
 * made and used, of which none fails.
 */
class TunnelReloadBlackBoxTests {

	private static final String ONLY_BY_SIGNAL = "1d";

	@TempDir
	private Path directory;

	private TunnelFiles files;

	private PlainService service;

	@AutoClose
	private final Opened opened = new Opened();

	@BeforeEach
	void writeFiles() {
		this.files = new TunnelFiles(this.directory);
		this.service = this.opened.add(PlainService.echo());
	}

	@ParameterizedTest
	@ValueSource(strings = { "HUP", "USR1" })
	void signalRotatesCertificateAndAuthorities(String signal) throws Exception {
		TestAuthority next = TestAuthority.create();
		TestCertificate nextClient = next.client("billing");
		TunnelProcess server = server(ONLY_BY_SIGNAL);
		Socket old;
		try (TunnelLoad load = new TunnelLoad(server.port(), this.files.clientContext())) {
			TestCertificate renewed = this.files.authority().server();
			renewed.writeTo(this.directory, "server");
			reload(server, signal, 2);
			load.awaitProgress();
			assertThat(presented(server)).isEqualTo(renewed.certificate().getSerialNumber());
			assertThat(isLetIn(server, nextClient)).isFalse();
			this.files.write("ca.crt", this.files.authority().anchorPem() + next.anchorPem());
			reload(server, signal, 3);
			load.awaitProgress();
			assertThat(isLetIn(server, nextClient)).isTrue();
			old = this.opened.add(Loopback.connect(server.port(), this.files.clientContext()));
			assertThat(Loopback.exchange(old, "x")).isEqualTo("x");
		}
		try (TunnelLoad load = new TunnelLoad(server.port(), nextClient.sslContext(this.files.authority()))) {
			this.files.write("ca.crt", next.anchorPem());
			reload(server, signal, 4);
			load.awaitProgress();
			assertThat(isLetIn(server, this.files.client())).isFalse();
			assertThat(Loopback.isEnded(old)).isTrue();
		}
		assertThat(server.err()).isEmpty();
	}

	@Test
	void contentIsLookedAtInIntervals() throws Exception {
		Path first = Files.createDirectory(this.directory.resolve("first"));
		Path second = Files.createDirectory(this.directory.resolve("second"));
		TestCertificate renewed = this.files.authority().server();
		this.files.authority().server().writeTo(first, "server");
		renewed.writeTo(second, "server");
		Path link = this.directory.resolve("current");
		Files.createSymbolicLink(link, first);
		this.files.write("allowed", "cn:billing\n");
		TunnelProcess server = this.opened.add(this.files.start("server.yaml", """
				tunnel: { role: server, listen: "127.0.0.1:0", target: "%s" }
				""".formatted(this.service.address()), """
				mtls.reload.interval: 1s
				mtls.server.certificate: file:current/server.crt
				mtls.server.private-key: file:current/server.key
				mtls.server.allowed-clients: file:allowed
				"""));
		TestCertificate reporting = this.files.authority().client("reporting");
		try (TunnelLoad load = new TunnelLoad(server.port(), this.files.clientContext())) {
			assertThat(isLetIn(server, reporting)).isFalse();
			swap(link, second);
			server.awaitOut("Reloaded, generation 2 begins");
			assertThat(presented(server)).isEqualTo(renewed.certificate().getSerialNumber());
			this.files.write("allowed", "cn:billing\ncn:reporting\n");
			server.awaitOut("Reloaded, generation 3 begins");
			assertThat(isLetIn(server, reporting)).isTrue();
			this.files.write("allowed", "cn:billing\ncn:*\n");
			server.awaitOut("Kept what was loaded before");
			assertThat(isLetIn(server, reporting)).isTrue();
			this.files.write("allowed", "cn:billing\n");
			server.awaitOut("Reloaded, generation 4 begins");
			assertThat(isLetIn(server, reporting)).isFalse();
			load.awaitProgress();
		}
		assertThat(server.err()).isEmpty();
	}

	@Test
	void revokedPeerIsCutAndNotLetInAgain() throws Exception {
		TestCertificate revoked = this.files.authority().client("billing");
		Path crl = this.directory.resolve("ca.crl");
		Files.write(crl, this.files.authority().crl());
		TunnelProcess server = server(ONLY_BY_SIGNAL, "--crl", "ca.crl");
		Socket connected = this.opened.add(Loopback.connect(server.port(), revoked.sslContext(this.files.authority())));
		assertThat(Loopback.exchange(connected, "x")).isEqualTo("x");
		try (TunnelLoad load = new TunnelLoad(server.port(), this.files.clientContext())) {
			Files.write(crl, this.files.authority().crl(revoked.certificate()));
			reload(server, "HUP", 2);
			assertThat(Loopback.isEnded(connected)).isTrue();
			assertThat(isLetIn(server, revoked)).isFalse();
			load.awaitProgress();
		}
		server.awaitOut(": peer-cut");
		assertThat(Duration.between(timeOf(server, "generation 2 begins"), timeOf(server, "Cut ")))
			.isLessThan(Duration.ofSeconds(1));
		assertThat(server.err()).isEmpty();
	}

	@Test
	void brokenFilesKeepTheOldUntilTheyAreMended() throws Exception {
		Files.write(this.directory.resolve("ca.crl"), this.files.authority().crl());
		TunnelProcess server = server(ONLY_BY_SIGNAL, "--crl", "ca.crl");
		int generation = 1;
		try (TunnelLoad load = new TunnelLoad(server.port(), this.files.clientContext())) {
			for (String file : List.of("server.crt", "server.key", "ca.crt", "ca.crl")) {
				Path broken = this.directory.resolve(file);
				byte[] content = Files.readAllBytes(broken);
				BigInteger before = presented(server);
				Files.writeString(broken, "-----BEGIN NOTHING-----\n");
				server.signal("HUP");
				Loopback.await(
						() -> server.out()
							.lines()
							.anyMatch((line) -> line.contains("Kept what was loaded before") && line.contains(file)),
						server::out);
				load.awaitProgress();
				assertThat(presented(server)).isEqualTo(before);
				Files.write(broken, content);
				TestCertificate renewed = this.files.authority().server();
				renewed.writeTo(this.directory, "server");
				generation++;
				reload(server, "USR1", generation);
				load.awaitProgress();
				assertThat(presented(server)).isEqualTo(renewed.certificate().getSerialNumber());
			}
		}
		assertThat(server.out()).doesNotContain("PRIVATE KEY");
		assertThat(server.err()).isEmpty();
	}

	@Test
	void clientShowsItsNewCertificate() throws Exception {
		TunnelProcess server = server(ONLY_BY_SIGNAL);
		this.files.authority().client("other").writeTo(this.directory, "client");
		TunnelProcess client = this.opened.add(TunnelProcess.listening(this.directory, "client", "--listen",
				"127.0.0.1:0", "--target", "localhost:" + server.port(), "--cert", "client.crt", "--ca", "ca.crt",
				"--reload-interval", ONLY_BY_SIGNAL));
		Socket refused = this.opened.add(Loopback.connect(client.port()));
		assertThat(Loopback.isEnded(refused)).isTrue();
		this.files.client().writeTo(this.directory, "client");
		reload(client, "HUP", 2);
		Socket socket = this.opened.add(Loopback.connect(client.port()));
		assertThat(Loopback.exchange(socket, "x")).isEqualTo("x");
		assertThat(client.err()).isEmpty();
	}

	private TunnelProcess server(String interval, String... args) {
		List<String> all = new ArrayList<>(
				List.of("server", "--listen", "127.0.0.1:0", "--target", this.service.address(), "--cert", "server.crt",
						"--ca", "ca.crt", "--allow-cn", "billing", "--reload-interval", interval));
		all.addAll(List.of(args));
		return this.opened.add(TunnelProcess.listening(this.directory, all.toArray(String[]::new)));
	}

	private static void reload(TunnelProcess process, String signal, int generation) {
		process.signal(signal);
		process.awaitOut("SIG%s asks for a reload".formatted(signal));
		process.awaitOut("Reloaded, generation %d begins".formatted(generation));
	}

	private BigInteger presented(TunnelProcess server) throws IOException {
		// Of a context of its own, so that no session is resumed
		try (SSLSocket socket = Loopback.connect(server.port(), this.files.clientContext())) {
			return ((X509Certificate) socket.getSession().getPeerCertificates()[0]).getSerialNumber();
		}
	}

	private boolean isLetIn(TunnelProcess server, TestCertificate certificate) {
		SSLContext context = certificate.sslContext(this.files.authority());
		try (Socket socket = Loopback.connect(server.port(), context)) {
			return Loopback.exchange(socket, "x").equals("x");
		}
		catch (IOException ex) {
			return false;
		}
	}

	private static Instant timeOf(TunnelProcess process, String text) {
		return process.out()
			.lines()
			.filter((line) -> line.contains(text))
			.map((line) -> Instant.parse(line.substring(0, line.indexOf(' '))))
			.findFirst()
			.orElseThrow();
	}

	private static void swap(Path link, Path target) throws IOException {
		Path next = link.resolveSibling("next");
		Files.createSymbolicLink(next, target);
		Files.move(next, link, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
	}

}
