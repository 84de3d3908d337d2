package dev.mtls.boot.dev;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import dev.mtls.decision.MtlsException;
import dev.mtls.decision.Reason;
import dev.mtls.identity.PeerIdentity;
import dev.mtls.identity.SpiffeId;
import dev.mtls.material.PemMaterial;
import dev.mtls.source.Document;
import dev.mtls.source.Source;
import dev.mtls.test.TestAuthority;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for {@link DevCertificates}.
 */
@ExtendWith(OutputCaptureExtension.class)
class DevCertificatesTests {

	private static final Instant NOW = Instant.parse("2026-05-01T12:00:00Z");

	@TempDir
	private Path parent;

	@Test
	void provideWhenNothingIsThereMakesAllFiles() {
		Path directory = this.parent.resolve("a/.mtls");
		certificates(directory, NOW).provide();
		assertThat(contents(directory).keySet()).containsExactly(".gitignore", ".lock", "admin.crt", "admin.key",
				"ca.crt", "ca.key", "client.crt", "client.key", "client.p12", "server.crt", "server.key");
		assertThat(directory.resolve(".gitignore")).hasContent("*");
	}

	@ParameterizedTest
	@ValueSource(strings = { "ca.key", "server.key", "client.key", "client.p12", "admin.key" })
	void provideWhenFileHoldsAKeyMakesItReadableByItsOwnerOnly(String name) throws Exception {
		certificates(this.parent, NOW).provide();
		assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(this.parent.resolve(name))))
			.isEqualTo("rw-------");
	}

	@Test
	void provideWhenRenewingKeepsKeysReadableByTheirOwnerOnly() throws Exception {
		certificates(this.parent, NOW).provide();
		certificates(this.parent, NOW.plus(Duration.ofDays(4000))).provide();
		for (String name : List.of("ca.key", "server.key", "client.key", "client.p12", "admin.key")) {
			assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(this.parent.resolve(name)))).as(name)
				.isEqualTo("rw-------");
		}
	}

	@Test
	void provideMakesCertificatesForThisMachineAndADevClient() {
		certificates(this.parent, NOW).provide();
		PeerIdentity server = identity("server");
		assertThat(server.dnsNames()).containsExactly("localhost");
		assertThat(server.ipAddresses()).extracting((address) -> address.getHostAddress())
			.containsExactly("127.0.0.1", "0:0:0:0:0:0:0:1");
		PeerIdentity client = identity("client");
		assertThat(client.commonName()).isEqualTo("dev-client");
		assertThat(client.dnsNames()).contains("client.dev.local");
		assertThat(client.spiffeId()).isEqualTo(SpiffeId.parse("spiffe://dev.local/client"));
		PeerIdentity admin = identity("admin");
		assertThat(admin.commonName()).isEqualTo("dev-admin");
		assertThat(admin.spiffeId()).isEqualTo(SpiffeId.parse("spiffe://dev.local/admin"));
	}

	@Test
	void provideWhenEverythingLastsChangesNothing() {
		certificates(this.parent, NOW).provide();
		Map<String, String> before = contents(this.parent);
		Map<String, FileTime> times = times();
		certificates(this.parent, NOW.plus(Duration.ofDays(80))).provide();
		assertThat(contents(this.parent)).isEqualTo(before);
		assertThat(times()).isEqualTo(times);
	}

	@ParameterizedTest
	@CsvSource({ "88, false", "89, true", "91, true" })
	void provideWhenLeavesRunOutRenewsThemBelowTheSameAuthority(int days, boolean renewed) throws Exception {
		certificates(this.parent, NOW).provide();
		Map<String, String> before = contents(this.parent);
		// A leaf begins a little before now, so that clocks may differ
		certificates(this.parent, NOW.plus(Duration.ofDays(days))).provide();
		Map<String, String> after = contents(this.parent);
		for (String name : List.of("server.crt", "server.key", "client.crt", "client.key", "client.p12", "admin.crt",
				"admin.key")) {
			assertThat(!Objects.equals(after.get(name), before.get(name))).as(name).isEqualTo(renewed);
		}
		assertThat(after).containsEntry("ca.crt", before.get("ca.crt")).containsEntry("ca.key", before.get("ca.key"));
		certificate("server").verify(certificate("ca").getPublicKey());
	}

	@Test
	void provideWhenAuthorityRunsOutRenewsEverything() throws Exception {
		certificates(this.parent, NOW).provide();
		Map<String, String> before = contents(this.parent);
		Instant later = NOW.plus(Duration.ofDays(3649).plusHours(12));
		certificates(this.parent, later).provide();
		Map<String, String> after = contents(this.parent);
		before.forEach((name, content) -> {
			if (!name.startsWith(".")) {
				assertThat(after.get(name)).as(name).isNotEqualTo(content);
			}
		});
		for (String name : List.of("server", "client", "admin")) {
			certificate(name).verify(certificate("ca").getPublicKey());
			assertThat(certificate(name).getNotAfter().toInstant()).isAfter(later);
		}
		assertThat(store().getCertificate("mtls")).isEqualTo(certificate("client"));
	}

	@Test
	void provideWhenAuthorityWasReplacedRenewsTheLeaves() throws Exception {
		certificates(this.parent, NOW).provide();
		Path other = this.parent.resolve("other");
		certificates(other, NOW).provide();
		for (String name : List.of("ca.crt", "ca.key")) {
			Files.copy(other.resolve(name), this.parent.resolve(name), StandardCopyOption.REPLACE_EXISTING);
		}
		certificates(this.parent, NOW).provide();
		certificate("server").verify(certificate("ca").getPublicKey());
		certificate("client").verify(certificate("ca").getPublicKey());
		assertThat(store().getCertificate("mtls")).isEqualTo(certificate("client"));
	}

	@Test
	void provideWhenOneLeafIsMissingMakesThatOne() throws Exception {
		certificates(this.parent, NOW).provide();
		Map<String, String> before = contents(this.parent);
		Files.delete(this.parent.resolve("server.crt"));
		Files.delete(this.parent.resolve("server.key"));
		certificates(this.parent, NOW).provide();
		Map<String, String> after = contents(this.parent);
		assertThat(after).containsEntry("client.crt", before.get("client.crt"))
			.containsEntry("client.p12", before.get("client.p12"));
		assertThat(after.get("server.crt")).isNotEqualTo(before.get("server.crt"));
	}

	@Test
	void provideWhenStoreIsMissingMakesItOfTheSameClient() throws Exception {
		certificates(this.parent, NOW).provide();
		X509Certificate client = certificate("client");
		Files.delete(this.parent.resolve("client.p12"));
		certificates(this.parent, NOW).provide();
		assertThat(store().getCertificate("mtls")).isEqualTo(client).isEqualTo(certificate("client"));
	}

	@Test
	void storeOpensWithChangeitAndHoldsKeyAndChain() throws Exception {
		certificates(this.parent, NOW).provide();
		KeyStore store = store();
		assertThat(store.getKey("mtls", "changeit".toCharArray())).isNotNull();
		Certificate[] chain = store.getCertificateChain("mtls");
		assertThat(chain[0]).isEqualTo(certificate("client"));
		chain[chain.length - 1].verify(certificate("ca").getPublicKey());
	}

	@ParameterizedTest
	@ValueSource(strings = { "ca.crt", "ca.key", "server.crt", "server.key", "client.crt", "client.key", "admin.crt",
			"admin.key" })
	void provideWhenFileIsBrokenFailsAndLosesNothing(String name) throws Exception {
		certificates(this.parent, NOW).provide();
		Files.writeString(this.parent.resolve(name), "broken");
		Map<String, String> before = contents(this.parent);
		DevCertificates certificates = certificates(this.parent, NOW);
		assertThatExceptionOfType(MtlsException.class).isThrownBy(certificates::provide).satisfies((ex) -> {
			assertThat(ex.place()).isEqualTo("mtls.dev.directory=" + this.parent.resolve(name));
			assertThat(ex.fix())
				.contains("restore it, or delete ca.*, server.*, client.* and admin.* in " + this.parent);
		});
		assertThat(contents(this.parent)).isEqualTo(before);
	}

	@ParameterizedTest
	@ValueSource(strings = { "ca.crt", "ca.key", "server.crt", "server.key", "client.crt", "client.key", "admin.crt",
			"admin.key" })
	void provideWhenOnlyOneOfKeyAndCertificateIsThereFailsAndLosesNothing(String name) throws Exception {
		certificates(this.parent, NOW).provide();
		Files.delete(this.parent.resolve(name));
		Map<String, String> before = contents(this.parent);
		DevCertificates certificates = certificates(this.parent, NOW);
		assertThatExceptionOfType(MtlsException.class).isThrownBy(certificates::provide)
			.withMessageContaining("there is only one of " + name.substring(0, name.indexOf('.')) + ".crt and");
		assertThat(contents(this.parent)).isEqualTo(before);
	}

	@Test
	void provideWhenKeyIsAnotherFails() throws Exception {
		certificates(this.parent, NOW).provide();
		Files.writeString(this.parent.resolve("ca.key"), Files.readString(this.parent.resolve("server.key")));
		DevCertificates certificates = certificates(this.parent, NOW);
		assertThatExceptionOfType(MtlsException.class).isThrownBy(certificates::provide)
			.satisfies((ex) -> assertThat(ex.reason()).isEqualTo(Reason.KEY_MISMATCH));
	}

	@Test
	void provideWhenAuthorityIsALeafFailsWithItsFile() {
		TestAuthority.create().server().writeTo(this.parent, "ca");
		DevCertificates certificates = certificates(this.parent, Instant.now());
		assertThatExceptionOfType(MtlsException.class).isThrownBy(certificates::provide).satisfies((ex) -> {
			assertThat(ex.place()).isEqualTo("mtls.dev.directory=" + this.parent.resolve("ca.crt"));
			assertThat(ex.problem()).contains("not one of an authority");
		});
	}

	@Test
	void provideWhenDirectoryIsAFileFails() throws Exception {
		Path file = Files.writeString(this.parent.resolve("file"), "");
		DevCertificates certificates = certificates(file, NOW);
		assertThatExceptionOfType(MtlsException.class).isThrownBy(certificates::provide).satisfies((ex) -> {
			assertThat(ex.reason()).isEqualTo(Reason.TARGET_UNWRITABLE);
			assertThat(ex.place()).isEqualTo("mtls.dev.directory=" + file);
		});
	}

	@Test
	void provideWhenDirectoryHoldsOtherFilesWritesNoGitignore() throws Exception {
		Files.writeString(this.parent.resolve("build.gradle"), "");
		certificates(this.parent, NOW).provide();
		assertThat(this.parent.resolve(".gitignore")).doesNotExist();
	}

	@Test
	void provideWhenGitignoreIsThereKeepsIt() throws Exception {
		Files.writeString(this.parent.resolve(".gitignore"), "*.key");
		certificates(this.parent, NOW).provide();
		assertThat(this.parent.resolve(".gitignore")).hasContent("*.key");
	}

	@Test
	void provideWarnsLoudlyAndOnce(CapturedOutput output) {
		DevCertificates certificates = certificates(this.parent, NOW);
		certificates.provide();
		certificates.provide();
		assertThat(output.getOut().lines().filter((line) -> line.contains("DEVELOPMENT CERTIFICATES ARE IN USE")))
			.singleElement()
			.asString()
			.contains("WARN", this.parent.toString(), "Never use them in production");
	}

	@Test
	void provideWhenSeveralStartAtOnceGivesAllTheSame() throws Exception {
		int starts = 8;
		CyclicBarrier barrier = new CyclicBarrier(starts);
		ExecutorService executor = Executors.newFixedThreadPool(starts);
		try {
			List<Future<X509Certificate>> servers = new ArrayList<>();
			for (int i = 0; i < starts; i++) {
				servers.add(executor.submit(() -> {
					DevCertificates certificates = certificates(this.parent, NOW);
					barrier.await(10, TimeUnit.SECONDS);
					certificates.provide();
					return certificate("server");
				}));
			}
			X509Certificate first = servers.get(0).get(30, TimeUnit.SECONDS);
			for (Future<X509Certificate> server : servers) {
				assertThat(server.get(30, TimeUnit.SECONDS)).isEqualTo(first);
			}
		}
		finally {
			executor.shutdownNow();
		}
	}

	@Test
	void provideWhenAnotherProcessHoldsTheLockWaits() throws Exception {
		Path lock = Files.createFile(this.parent.resolve(".lock"));
		Path java = Path.of(System.getProperty("java.home"), "bin", "java");
		Process other = new ProcessBuilder(java.toString(), "-cp", System.getProperty("java.class.path"),
				LockHolder.class.getName(), lock.toString())
			.redirectErrorStream(true)
			.start();
		try (InputStream said = other.getInputStream()) {
			assertThat(said.read()).isEqualTo('L');
			ExecutorService executor = Executors.newSingleThreadExecutor();
			try {
				Future<?> provided = executor.submit(() -> certificates(this.parent, NOW).provide());
				assertThatExceptionOfType(TimeoutException.class)
					.isThrownBy(() -> provided.get(300, TimeUnit.MILLISECONDS));
				assertThat(this.parent.resolve("ca.key")).doesNotExist();
				other.getOutputStream().close();
				provided.get(30, TimeUnit.SECONDS);
			}
			finally {
				executor.shutdownNow();
			}
		}
		finally {
			other.destroyForcibly();
		}
		assertThat(this.parent.resolve("ca.key")).exists();
	}

	@ParameterizedTest
	@ValueSource(strings = { "", "  ", "certs/*", "what?" })
	void ofWhenDirectoryCannotBeUsedFails(String directory) {
		assertThatExceptionOfType(MtlsException.class)
			.isThrownBy(() -> new DevCertificates(directory, InstantSource.system()))
			.satisfies((ex) -> {
				assertThat(ex.reason()).isEqualTo(Reason.CONFIGURATION_INVALID);
				assertThat(ex.place()).startsWith("mtls.dev.directory=");
			});
	}

	@Test
	void directoryWhenRelativeStartsAtTheWorkingDirectory() {
		// Not on the class path, where there is a directory of that name too
		assertThat(new DevCertificates("dev", InstantSource.system()).directory())
			.isEqualTo(Path.of("dev").toAbsolutePath());
		assertThat(new DevCertificates("./x/../.mtls", InstantSource.system()).directory())
			.isEqualTo(Path.of(".mtls").toAbsolutePath());
	}

	private static DevCertificates certificates(Path directory, Instant now) {
		return new DevCertificates(directory.toString(), InstantSource.fixed(now));
	}

	private X509Certificate certificate(String name) {
		try (Document document = Source.of("test", this.parent.resolve(name + ".crt").toString()).read().get(0)) {
			return PemMaterial.certificates(document).get(0);
		}
	}

	private PeerIdentity identity(String name) {
		return PeerIdentity.of(certificate(name));
	}

	private KeyStore store() throws Exception {
		return KeyStore.getInstance(this.parent.resolve("client.p12").toFile(), "changeit".toCharArray());
	}

	private Map<String, FileTime> times() {
		Map<String, FileTime> times = new TreeMap<>();
		contents(this.parent).keySet().forEach((name) -> times.put(name, lastModified(this.parent.resolve(name))));
		return times;
	}

	private static FileTime lastModified(Path file) {
		try {
			return Files.getLastModifiedTime(file);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private static Map<String, String> contents(Path directory) {
		Map<String, String> contents = new TreeMap<>();
		try (Stream<Path> files = Files.list(directory)) {
			for (Path file : files.filter(Files::isRegularFile).toList()) {
				contents.put(file.getFileName().toString(), HexFormat.of().formatHex(Files.readAllBytes(file)));
			}
			return contents;
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

}
