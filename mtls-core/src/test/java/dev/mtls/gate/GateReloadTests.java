package dev.mtls.gate;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.stream.Stream;

import javax.net.ssl.SSLContext;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import dev.mtls.authority.CertificateFiles;
import dev.mtls.authority.IssuedCertificate;
import dev.mtls.authority.PemText;
import dev.mtls.decision.MtlsException;
import dev.mtls.decision.Reason;
import dev.mtls.event.MtlsEvent;
import dev.mtls.material.KeyMaterial;
import dev.mtls.material.TrustMaterial;
import dev.mtls.policy.AccessPolicy;
import dev.mtls.source.ContentHash;
import dev.mtls.tls.TlsProfile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for {@link Gate#open} and {@link Gate#reload()}.
 */
class GateReloadTests {

	private static final Instant NOW = MutableClock.START;

	@TempDir
	private Path folder;

	private Site site;

	@BeforeEach
	void createSite() {
		this.site = new Site(this.folder);
	}

	@Test
	void openBeginsWithGenerationOneAndTellsNothing() {
		Gate gate = this.site.open();
		assertThat(gate.generation()).isOne();
		assertThat(gate.snapshot().trust().anchors()).containsExactly(Site.ROOT.certificate());
		assertThat(this.site.takeEvents()).isEmpty();
	}

	@Test
	void openWhenSomethingIsUnwiseWarns() {
		setPermissions("rw-r--r--");
		this.site.open();
		assertThat(this.site.takeEvents()).singleElement().isInstanceOfSatisfying(MtlsEvent.Warned.class, (warned) -> {
			assertThat(warned.time()).isEqualTo(NOW);
			assertThat(warned.gate()).isEqualTo("server");
			assertThat(warned.message()).contains("mtls.server.private-key=file:", "others than its owner can read");
		});
	}

	@ParameterizedTest(name = "{0}")
	@MethodSource("broken")
	void openWhenContentIsBrokenThrows(String name, Consumer<Site> breaking, Reason reason) {
		breaking.accept(this.site);
		assertThatExceptionOfType(MtlsException.class).isThrownBy(this.site::open)
			.satisfies((ex) -> assertThat(ex.reason()).isEqualTo(reason));
		assertThat(this.site.takeEvents()).isEmpty();
	}

	@Test
	void openWhenServerHasNoKeyThrows() {
		assertThatExceptionOfType(MtlsException.class).isThrownBy(() -> this.site.open(withoutKey()))
			.satisfies((ex) -> {
				assertThat(ex.reason()).isEqualTo(Reason.KEY_MISSING);
				assertThat(ex).hasMessageContaining("the server has no certificate to present")
					.hasMessageContaining("set certificate and private-key");
			});
	}

	@Test
	void openWhenServerNeedsNoKeyOpens() {
		GateSettings settings = GateSettings.server(true, TlsProfile.defaults()).withoutOwnKey().withReportOnly(false);
		Gate gate = this.site.open(settings, withoutKey().build());
		assertThat(gate.snapshot().key()).isNull();
		assertThat(gate.settings().certificateRequired()).isTrue();
	}

	@Test
	void openWhenClientHasNoKeyOpens() {
		Gate gate = this.site.open(GateSettings.client("client", true, TlsProfile.defaults()), withoutKey().build());
		assertThat(gate.snapshot().key()).isNull();
		assertThat(gate.keyManager().chooseClientAlias(new String[] { "EC", "RSA" }, null, null)).isNull();
	}

	@Test
	void reloadWhenNothingChangedKeepsGeneration() {
		Gate gate = this.site.open();
		Snapshot snapshot = gate.snapshot();
		assertThat(gate.reload()).isFalse();
		assertThat(gate.generation()).isOne();
		assertThat(gate.snapshot()).isSameAs(snapshot);
		assertThat(this.site.takeEvents()).isEmpty();
	}

	@Test
	void reloadWhenSameContentIsWrittenAgainKeepsGeneration() throws IOException {
		Gate gate = this.site.open();
		SSLContext context = gate.sslContext();
		for (Path file : List.of(this.site.certificate(), this.site.privateKey(), this.site.trust())) {
			Path next = this.folder.resolve("next");
			Files.copy(file, next, StandardCopyOption.COPY_ATTRIBUTES);
			Files.setLastModifiedTime(next, FileTime.from(NOW.plus(Duration.ofDays(1))));
			Files.move(next, file, StandardCopyOption.ATOMIC_MOVE);
		}
		assertThat(gate.reload()).isFalse();
		assertThat(gate.generation()).isOne();
		assertThat(gate.sslContext()).isSameAs(context);
		assertThat(this.site.takeEvents()).isEmpty();
	}

	@Test
	void reloadWhenContentChangesButNotSizeAndTimeTakesIt() throws IOException {
		Site.write(this.site.trust(), "# 1\n" + PemText.of(Site.ROOT.certificate()));
		FileTime time = Files.getLastModifiedTime(this.site.trust());
		Gate gate = this.site.open();
		Site.write(this.site.trust(), "# 2\n" + PemText.of(Site.ROOT.certificate()));
		Files.setLastModifiedTime(this.site.trust(), time);
		assertThat(gate.reload()).isTrue();
		assertThat(gate.generation()).isEqualTo(2);
	}

	@Test
	void reloadWhenKeyIsReplacedTakesIt() {
		Gate gate = this.site.open();
		SSLContext context = gate.sslContext();
		SSLContext standalone = gate.standaloneSslContext();
		IssuedCertificate next = Site.ROOT.issue(Site.server().build());
		this.site.writeKey(next);
		this.site.clock.advance(Duration.ofSeconds(10));
		assertThat(gate.reload()).isTrue();
		assertThat(gate.generation()).isEqualTo(2);
		assertThat(leaf(gate)).isEqualTo(next.certificate());
		assertThat(gate.sslContext()).isNotSameAs(context);
		assertThat(gate.standaloneSslContext()).isNotSameAs(standalone);
		assertThat(this.site.takeEvents())
			.containsExactly(new MtlsEvent.Reloaded(NOW.plus(Duration.ofSeconds(10)), "server", 2));
		assertThat(gate.reload()).isFalse();
	}

	@Test
	void reloadStatusTellsSinceWhenWhatIsThereCannotBeLoaded() {
		Gate gate = this.site.open();
		assertThat(gate.reloadStatus()).isEqualTo(new ReloadStatus(NOW, null, null));
		Site.write(this.site.trust(), "broken");
		for (int i = 0; i < 2; i++) {
			this.site.clock.advance(Duration.ofSeconds(10));
			assertThat(gate.reload()).isFalse();
		}
		assertThat(gate.reloadStatus().loaded()).isEqualTo(NOW);
		assertThat(gate.reloadStatus().failed()).isEqualTo(NOW.plusSeconds(10));
		assertThat(gate.reloadStatus().failure()).hasMessageContaining("ca.crt");
		this.site.writeTrust(Site.OTHER_ROOT.certificate());
		assertThat(gate.reload()).isTrue();
		assertThat(gate.reloadStatus()).isEqualTo(new ReloadStatus(NOW.plusSeconds(20), null, null));
	}

	@Test
	void reloadStatusWhenWhatWasThereIsThereAgainTellsNoFailure() {
		Gate gate = this.site.open();
		Site.write(this.site.trust(), "broken");
		assertThat(gate.reload()).isFalse();
		this.site.writeTrust(Site.ROOT.certificate());
		assertThat(gate.reload()).isFalse();
		assertThat(gate.reloadStatus()).isEqualTo(new ReloadStatus(NOW, null, null));
	}

	@Test
	void reloadWhenTrustIsReplacedTakesItAndFollowersFollow() {
		Gate gate = this.site.open();
		var trustManager = gate.trustManager();
		var keyManager = gate.keyManager();
		IssuedCertificate next = Site.OTHER_ROOT.issue(Site.server().build());
		this.site.writeTrust(Site.OTHER_ROOT.certificate());
		this.site.writeKey(next);
		assertThat(gate.reload()).isTrue();
		assertThat(gate.snapshot().trust().anchors()).containsExactly(Site.OTHER_ROOT.certificate());
		assertThat(trustManager.getAcceptedIssuers()).containsExactly(Site.OTHER_ROOT.certificate());
		String alias = Objects.requireNonNull(keyManager.chooseServerAlias("EC", null, null));
		assertThat(keyManager.getCertificateChain(alias)).containsExactly(next.certificate());
	}

	@Test
	void reloadWhenSomethingUnwiseIsTakenWarns() {
		Gate gate = this.site.open();
		this.site.writeKey(Site.ROOT.issue(Site.server().build()));
		setPermissions("rw-r--r--");
		assertThat(gate.reload()).isTrue();
		assertThat(this.site.takeEvents()).hasExactlyElementsOfTypes(MtlsEvent.Warned.class, MtlsEvent.Reloaded.class);
	}

	@ParameterizedTest(name = "{0}")
	@MethodSource("broken")
	void reloadWhenContentIsBrokenKeepsOldAndTellsOnceUntilItIsGood(String name, Consumer<Site> breaking,
			Reason reason) {
		Gate gate = this.site.open();
		Snapshot snapshot = gate.snapshot();
		SSLContext context = gate.sslContext();
		breaking.accept(this.site);
		for (int i = 0; i < 3; i++) {
			assertThat(gate.reload()).isFalse();
			this.site.clock.advance(Duration.ofSeconds(10));
		}
		assertThat(gate.generation()).isOne();
		assertThat(gate.snapshot()).isSameAs(snapshot);
		assertThat(gate.sslContext()).isSameAs(context);
		assertThat(this.site.takeEvents()).singleElement()
			.isInstanceOfSatisfying(MtlsEvent.ReloadKept.class, (kept) -> {
				assertThat(kept.time()).isEqualTo(NOW);
				assertThat(kept.gate()).isEqualTo("server");
				assertThat(kept.reason()).isEqualTo(reason);
				assertThat(kept.message()).startsWith("mtls.server.");
			});
		IssuedCertificate next = Site.ROOT.issue(Site.server().build());
		this.site.writeKey(next);
		this.site.writeTrust(Site.ROOT.certificate());
		assertThat(gate.reload()).isTrue();
		assertThat(leaf(gate)).isEqualTo(next.certificate());
		assertThat(this.site.takeEvents()).hasExactlyElementsOfTypes(MtlsEvent.Reloaded.class);
	}

	static Stream<Arguments> broken() {
		return Stream.of(
				broken("key of another certificate",
						(site) -> Site.write(site.privateKey(), Site.ROOT.issue(Site.server().build()).privateKeyPem()),
						Reason.KEY_MISMATCH),
				broken("certificate of another key",
						(site) -> Site.write(site.certificate(), Site.ROOT.issue(Site.server().build()).chainPem()),
						Reason.KEY_MISMATCH),
				broken("expired certificate",
						(site) -> site.writeKey(Site.ROOT.issue(Site.server()
							.notBefore(NOW.minus(Duration.ofDays(2)))
							.notAfter(NOW.minus(Duration.ofDays(1)))
							.build())),
						Reason.MATERIAL_EXPIRED),
				broken("certificate that is not valid yet",
						(site) -> site.writeKey(Site.ROOT.issue(Site.server()
							.notBefore(NOW.plus(Duration.ofDays(1)))
							.notAfter(NOW.plus(Duration.ofDays(2)))
							.build())),
						Reason.MATERIAL_EXPIRED),
				broken("half-written certificate", (site) -> half(site.certificate()), Reason.MATERIAL_INVALID),
				broken("half-written key", (site) -> half(site.privateKey()), Reason.MATERIAL_INVALID),
				broken("half-written trust", (site) -> half(site.trust()), Reason.MATERIAL_INVALID),
				broken("emptied key", (site) -> Site.write(site.privateKey(), ""), Reason.MATERIAL_INVALID),
				broken("emptied trust", (site) -> Site.write(site.trust(), ""), Reason.MATERIAL_INVALID),
				broken("too much", (site) -> Site.write(site.trust(), "#".repeat(1024 * 1024 + 1)),
						Reason.MATERIAL_INVALID),
				broken("certificate that is gone", (site) -> delete(site.certificate()), Reason.SOURCE_UNREADABLE),
				broken("trust that is gone", (site) -> delete(site.trust()), Reason.SOURCE_UNREADABLE));
	}

	@Test
	void reloadWhenOptionalTrustIsGoneKeepsOld() {
		Gate gate = this.site
			.open(this.site.locations().trustCertificates(List.of("optional:file:" + this.site.trust())));
		delete(this.site.trust());
		assertThat(gate.reload()).isFalse();
		assertThat(gate.snapshot().trust().anchors()).containsExactly(Site.ROOT.certificate());
		assertThat(this.site.takeEvents()).singleElement()
			.isInstanceOfSatisfying(MtlsEvent.ReloadKept.class,
					(kept) -> assertThat(kept.reason()).isEqualTo(Reason.TRUST_MISSING));
	}

	@Test
	void reloadWhenBrokenInAnotherWayTellsAgain() {
		Gate gate = this.site.open();
		half(this.site.trust());
		gate.reload();
		Site.write(this.site.trust(), "");
		gate.reload();
		delete(this.site.trust());
		gate.reload();
		delete(this.site.certificate());
		Site.write(this.site.trust(), PemText.of(Site.ROOT.certificate()));
		gate.reload();
		assertThat(this.site.takeEvents()).hasSize(4).hasOnlyElementsOfType(MtlsEvent.ReloadKept.class);
	}

	@Test
	void reloadWhenBrokenAgainAfterGoodTellsAgain() {
		Gate gate = this.site.open();
		Site.write(this.site.trust(), "");
		gate.reload();
		this.site.writeTrust(Site.ROOT.certificate());
		assertThat(gate.reload()).as("the content that is held").isFalse();
		Site.write(this.site.trust(), "");
		gate.reload();
		assertThat(this.site.takeEvents()).hasSize(2).hasOnlyElementsOfType(MtlsEvent.ReloadKept.class);
	}

	@Test
	void reloadWhenCertificateBecomesValidTakesItWithoutChangeOfContent() {
		Gate gate = this.site.open();
		IssuedCertificate next = Site.ROOT
			.issue(Site.server().notBefore(NOW.plusSeconds(15)).notAfter(NOW.plusSeconds(3600)).build());
		this.site.writeKey(next);
		assertThat(gate.reload()).isFalse();
		this.site.clock.advance(Duration.ofSeconds(20));
		assertThat(gate.reload()).isTrue();
		assertThat(leaf(gate)).isEqualTo(next.certificate());
		assertThat(this.site.takeEvents()).hasExactlyElementsOfTypes(MtlsEvent.ReloadKept.class,
				MtlsEvent.Reloaded.class);
	}

	@Test
	void reloadWhenStrictAndPermissionsAreCorrectedTakesItWithoutChangeOfContent() {
		Gate gate = this.site.open(this.site.locations().strictPermissions(true));
		this.site.writeKey(Site.ROOT.issue(Site.server().build()));
		setPermissions("rw-r-----");
		assertThat(gate.reload()).isFalse();
		assertThat(this.site.takeEvents()).singleElement()
			.isInstanceOfSatisfying(MtlsEvent.ReloadKept.class,
					(kept) -> assertThat(kept.reason()).isEqualTo(Reason.PERMISSIONS_TOO_OPEN));
		setPermissions("rw-------");
		assertThat(gate.reload()).isTrue();
	}

	@Test
	void reloadWhenMountIsSwappedTakesAllOfIt() throws IOException {
		IssuedCertificate first = Site.ROOT.issue(Site.server().build());
		IssuedCertificate second = Site.OTHER_ROOT.issue(Site.server().build());
		Path mount = Files.createDirectory(this.folder.resolve("mount"));
		Path old = mountVersion(mount, "..2026_11_20_1", first, Site.ROOT.certificate());
		Files.createSymbolicLink(mount.resolve("..data"), old.getFileName());
		for (String name : List.of("tls.crt", "tls.key", "ca.crt")) {
			Files.createSymbolicLink(mount.resolve(name), Path.of("..data", name));
		}
		Gate gate = this.site.open(SnapshotLocations.builder("mtls.server")
			.pem("file:" + mount.resolve("tls.crt"), "file:" + mount.resolve("tls.key"), null)
			.trustCertificates(List.of("file:" + mount)));
		assertThat(leaf(gate)).isEqualTo(first.certificate());
		Path next = mountVersion(mount, "..2026_11_20_2", second, Site.OTHER_ROOT.certificate());
		assertThat(gate.reload()).as("written beside").isFalse();
		Files.createSymbolicLink(mount.resolve("..data_tmp"), next.getFileName());
		Files.move(mount.resolve("..data_tmp"), mount.resolve("..data"), StandardCopyOption.ATOMIC_MOVE,
				StandardCopyOption.REPLACE_EXISTING);
		for (String name : List.of("tls.crt", "tls.key", "ca.crt")) {
			Files.delete(old.resolve(name));
		}
		Files.delete(old);
		assertThat(gate.reload()).isTrue();
		assertThat(leaf(gate)).isEqualTo(second.certificate());
		assertThat(gate.snapshot().trust().anchors()).contains(Site.OTHER_ROOT.certificate())
			.doesNotContain(Site.ROOT.certificate());
		assertThat(gate.generation()).isEqualTo(2);
		assertThat(this.site.takeEvents()).hasExactlyElementsOfTypes(MtlsEvent.Reloaded.class);
	}

	@Test
	void reloadWhenFileIsAddedToTrustDirectoryTakesIt() throws IOException {
		Path anchors = Files.createDirectory(this.folder.resolve("anchors"));
		Site.write(anchors.resolve("a.crt"), PemText.of(Site.ROOT.certificate()));
		Gate gate = this.site.open(this.site.locations().trustCertificates(List.of("file:" + anchors)));
		Site.write(anchors.resolve("b.crt"), PemText.of(Site.OTHER_ROOT.certificate()));
		assertThat(gate.reload()).isTrue();
		assertThat(gate.snapshot().trust().anchors()).containsExactly(Site.ROOT.certificate(),
				Site.OTHER_ROOT.certificate());
		delete(anchors.resolve("a.crt"));
		assertThat(gate.reload()).isTrue();
		assertThat(gate.snapshot().trust().anchors()).containsExactly(Site.OTHER_ROOT.certificate());
	}

	@Test
	void reloadWhenSnapshotCannotBeUsedIsTriedAgainWithSameContent() {
		KeyMaterial key = key();
		List<Snapshot> snapshots = new ArrayList<>(List.of(snapshot(key), snapshot(null), snapshot(key)));
		Gate gate = this.site.open(GateSettings.server(true, TlsProfile.defaults()),
				new StubSource(List.of("a", "b", "b"), snapshots));
		assertThat(gate.reload()).as("a server without key").isFalse();
		assertThat(gate.reload()).isTrue();
		assertThat(this.site.takeEvents()).hasExactlyElementsOfTypes(MtlsEvent.ReloadKept.class,
				MtlsEvent.Reloaded.class);
	}

	@Test
	void reloadWhenSourceHasDefectKeepsOldTellsOnceAndThrowsOn() {
		List<Snapshot> snapshots = new ArrayList<>(List.of(snapshot(key())));
		Gate gate = this.site.open(GateSettings.server(true, TlsProfile.defaults()),
				new StubSource(List.of("a", "b", "b"), snapshots));
		for (int i = 0; i < 2; i++) {
			assertThatExceptionOfType(IndexOutOfBoundsException.class).isThrownBy(gate::reload);
		}
		assertThat(gate.generation()).isOne();
		assertThat(this.site.takeEvents()).singleElement()
			.isInstanceOfSatisfying(MtlsEvent.ReloadKept.class, (kept) -> {
				assertThat(kept.reason()).isEqualTo(Reason.INTERNAL);
				assertThat(kept.message()).contains("IndexOutOfBoundsException");
			});
	}

	private SnapshotLocationsBuilder withoutKey() {
		return SnapshotLocations.builder("mtls.server").trustCertificates(List.of("file:" + this.site.trust()));
	}

	private void setPermissions(String permissions) {
		try {
			Files.setPosixFilePermissions(this.site.privateKey(), PosixFilePermissions.fromString(permissions));
		}
		catch (IOException ex) {
			throw new IllegalStateException(ex);
		}
	}

	private static X509Certificate leaf(Gate gate) {
		return Objects.requireNonNull(gate.snapshot().key()).leaf();
	}

	private static Path mountVersion(Path mount, String name, IssuedCertificate key, X509Certificate trust) {
		Path version = mount.resolve(name);
		CertificateFiles files = CertificateFiles.creating();
		files.write(key, version.resolve("tls.crt"), version.resolve("tls.key"));
		files.writeCertificates(PemText.of(trust), version.resolve("ca.crt"));
		return version;
	}

	private static KeyMaterial key() {
		IssuedCertificate issued = Site.ROOT.issue(Site.server().build());
		return KeyMaterial.of("test", issued.privateKey(), issued.chain());
	}

	private static Arguments broken(String name, Consumer<Site> breaking, Reason reason) {
		return Arguments.of(name, breaking, reason);
	}

	private static void half(Path file) {
		try {
			String content = Files.readString(file);
			Files.writeString(file, content.substring(0, content.length() / 2));
		}
		catch (IOException ex) {
			throw new IllegalStateException(ex);
		}
	}

	private static void delete(Path file) {
		try {
			Files.delete(file);
		}
		catch (IOException ex) {
			throw new IllegalStateException(ex);
		}
	}

	private static Snapshot snapshot(@Nullable KeyMaterial key) {
		return new Snapshot(key, TrustMaterial.of("test", List.of(Site.ROOT.certificate())),
				Rules.of(new AccessPolicy(null, null)), List.of(), List.of());
	}

	/**
	 * Gives one snapshot after the other, whatever the content that it says it has.
	 */
	private static final class StubSource implements SnapshotSource {

		private final List<String> contents;

		private final List<Snapshot> snapshots;

		private int reads;

		private int parsed;

		private StubSource(List<String> contents, List<Snapshot> snapshots) {
			this.contents = contents;
			this.snapshots = snapshots;
		}

		@Override
		public Reading read() {
			String content = this.contents.get(Math.min(this.reads++, this.contents.size() - 1));
			return new Reading() {

				@Override
				public ContentHash hash() {
					return new ContentHash(content.repeat(64));
				}

				@Override
				public Snapshot parse() {
					return StubSource.this.snapshots.get(StubSource.this.parsed++);
				}

				@Override
				public void close() {
				}

			};
		}

	}

}
