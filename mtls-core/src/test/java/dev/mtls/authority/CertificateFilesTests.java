package dev.mtls.authority;

import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import dev.mtls.decision.MtlsException;
import dev.mtls.decision.Reason;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

/**
 * Tests for {@link CertificateFiles}.
 */
class CertificateFilesTests {

	private static final Set<PosixFilePermission> OWNER_ONLY = PosixFilePermissions.fromString("rw-------");

	private final CertificateAuthority root = CertificateAuthority.create("CN=Root");

	private final IssuedCertificate issued = issue("alice");

	@TempDir
	@SuppressWarnings("NullAway.Init")
	private Path directory;

	private Path certificate = Path.of("");

	private Path privateKey = Path.of("");

	@BeforeEach
	void nameFiles() {
		this.certificate = this.directory.resolve("new/client.crt");
		this.privateKey = this.directory.resolve("new/client.key");
	}

	@Test
	void creatingWritesBothFiles() throws Exception {
		CertificateFiles.creating().write(this.issued, this.certificate, this.privateKey);
		assertThat(this.certificate).hasContent(this.issued.chainPem());
		assertThat(this.privateKey).hasContent(this.issued.privateKeyPem());
		assertThat(files()).containsExactlyInAnyOrder(this.certificate, this.privateKey);
	}

	@Test
	void creatingLetsOnlyOwnerReadKey() throws Exception {
		assumePosix();
		CertificateFiles.creating().write(this.issued, this.certificate, this.privateKey);
		assertThat(Files.getPosixFilePermissions(this.privateKey)).isEqualTo(OWNER_ONLY);
		assertThat(Files.getPosixFilePermissions(this.certificate)).isEqualTo(permissionsOfNewFile());
	}

	@Test
	void replacingLetsOnlyOwnerReadKey() throws Exception {
		assumePosix();
		Files.createDirectories(this.privateKey.getParent());
		Files.writeString(this.privateKey, "old");
		Files.setPosixFilePermissions(this.privateKey, PosixFilePermissions.fromString("rw-rw-rw-"));
		CertificateFiles.replacing().write(this.issued, this.certificate, this.privateKey);
		assertThat(Files.getPosixFilePermissions(this.privateKey)).isEqualTo(OWNER_ONLY);
		assertThat(Files.getPosixFilePermissions(this.certificate)).isEqualTo(permissionsOfNewFile());
	}

	@Test
	void creatingWhenCertificateExistsWritesNothing() throws Exception {
		Files.createDirectories(this.certificate.getParent());
		Files.writeString(this.certificate, "old");
		assertThatCreatingFails(this.certificate);
		assertThat(this.certificate).hasContent("old");
		assertThat(this.privateKey).doesNotExist();
	}

	@Test
	void creatingWhenKeyExistsWritesNothing() throws Exception {
		Files.createDirectories(this.privateKey.getParent());
		Files.writeString(this.privateKey, "old");
		assertThatCreatingFails(this.privateKey);
		assertThat(this.privateKey).hasContent("old");
		assertThat(this.certificate).doesNotExist();
	}

	@Test
	void creatingWhenLinkToNowhereDoesNotFollowIt() throws Exception {
		assumePosix();
		Path elsewhere = this.directory.resolve("elsewhere");
		Files.createDirectories(this.privateKey.getParent());
		Files.createSymbolicLink(this.privateKey, elsewhere);
		assertThatCreatingFails(this.privateKey);
		assertThatUnwritable(this.privateKey,
				() -> CertificateFiles.creating().writePrivate(new byte[] { 1 }, this.privateKey));
		assertThat(elsewhere).doesNotExist();
	}

	@Test
	void writePrivateWhenFileExistsKeepsIt() throws Exception {
		Path store = this.directory.resolve("client.p12");
		CertificateFiles.creating().writePrivate(new byte[] { 1 }, store);
		assertThatUnwritable(store, () -> CertificateFiles.creating().writePrivate(new byte[] { 2 }, store));
		assertThat(store).hasBinaryContent(new byte[] { 1 });
	}

	@Test
	void replacingReplacesAndLeavesNothingElse() throws Exception {
		CertificateFiles.replacing().write(this.issued, this.certificate, this.privateKey);
		IssuedCertificate second = issue("bob");
		CertificateFiles.replacing().write(second, this.certificate, this.privateKey);
		assertThat(this.certificate).hasContent(second.chainPem());
		assertThat(this.privateKey).hasContent(second.privateKeyPem());
		assertThat(files()).containsExactlyInAnyOrder(this.certificate, this.privateKey);
	}

	@Test
	void replacingWhenTargetIsDirectoryFailsAndLeavesNothingElse() throws Exception {
		Files.createDirectories(this.privateKey.resolve("full"));
		assertThatUnwritable(this.privateKey,
				() -> CertificateFiles.replacing().writePrivate(new byte[] { 1 }, this.privateKey));
		assertThat(files()).containsExactly(this.privateKey);
	}

	@Test
	void writeWhenDirectoryIsFileFails() throws Exception {
		Files.writeString(this.directory.resolve("new"), "a file");
		assertThatUnwritable(this.directory.resolve("new"),
				() -> CertificateFiles.creating().write(this.issued, this.certificate, this.privateKey));
	}

	private void assertThatCreatingFails(Path place) {
		assertThatUnwritable(place,
				() -> CertificateFiles.creating().write(this.issued, this.certificate, this.privateKey));
	}

	private static void assertThatUnwritable(Path place, Runnable writing) {
		assertThatExceptionOfType(MtlsException.class).isThrownBy(writing::run).satisfies((ex) -> {
			assertThat(ex.reason()).isEqualTo(Reason.TARGET_UNWRITABLE);
			assertThat(ex.place()).isEqualTo(place.toString());
		});
	}

	private IssuedCertificate issue(String name) {
		return this.root.issue(CertificateRequest.client(name).build());
	}

	private List<Path> files() throws IOException {
		try (Stream<Path> files = Files.list(this.directory.resolve("new"))) {
			return files.toList();
		}
	}

	private static void assumePosix() {
		assumeTrue(FileSystems.getDefault().supportedFileAttributeViews().contains("posix"),
				"The file system has no POSIX permissions");
	}

	private Set<PosixFilePermission> permissionsOfNewFile() throws IOException {
		// the umask may leave less than rw-r--r--
		Set<PosixFilePermission> permissions = Files
			.getPosixFilePermissions(Files.createFile(this.directory.resolve("reference")));
		permissions.retainAll(PosixFilePermissions.fromString("rw-r--r--"));
		return permissions;
	}

}
