package dev.mtls.source;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import dev.mtls.decision.MtlsException;
import dev.mtls.decision.Reason;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.junit.jupiter.api.Assumptions.assumeFalse;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

/**
 * Tests for {@link Source#of(String, String)}.
 */
class SourceTests {

	private static final String KINDS = "Use file:, classpath:, base64: or PEM text";

	@TempDir
	private Path directory;

	@Test
	void readWhenFileThenContentAndPlace() throws IOException {
		Path file = write("tls.crt", "content");
		String bare = file.toString();
		for (String location : List.of("file:" + bare, "file://" + bare, "FILE:" + bare, bare,
				" file:" + bare + "\n")) {
			Source source = Source.of("p", location);
			assertThat(source.place()).isEqualTo("p=" + location.strip()).isEqualTo(source.toString());
			assertThat(textOf(source)).isEqualTo("content");
			assertThat(source.read().get(0).place()).isEqualTo(source.place());
		}
	}

	@Test
	void readWhenFileHasPercentSignThenTakenAsItStands() throws IOException {
		Path file = write("a%20b.crt", "content");
		assertThat(textOf(Source.of("p", "file://" + file))).isEqualTo("content");
	}

	@Test
	void readWhenFileChangesThenNewContent() throws IOException {
		Path file = write("tls.crt", "one");
		Source source = Source.of("p", "file:" + file);
		assertThat(textOf(source)).isEqualTo("one");
		write("tls.crt", "two");
		assertThat(textOf(source)).isEqualTo("two");
	}

	@Test
	void readWhenClassPathThenContent() {
		String name = SourceTests.class.getName().replace('.', '/') + ".class";
		Source source = Source.of("p", "classpath:" + name);
		assertThat(source.place()).isEqualTo("p=classpath:" + name);
		assertThat(source.read().get(0).content()).startsWith(0xca, 0xfe, 0xba, 0xbe);
		assertThat(Source.of("p", "classpath:/" + name).read().get(0).content()).startsWith(0xca, 0xfe, 0xba, 0xbe);
	}

	@Test
	void readWhenClassPathArchiveThenContentUpToLimit() {
		String location = "classpath:org/junit/jupiter/api/Test.class";
		assertThat(Source.of("p", location).read().get(0).content()).startsWith(0xca, 0xfe, 0xba, 0xbe);
		assertFailure(Source.of("p", location, 10), Reason.MATERIAL_INVALID, "p=" + location,
				"It has more than 10 bytes", "Check that it is the right file, or split it");
	}

	@Test
	void readWhenContextClassLoaderChangesThenThatOfCreation() {
		String name = SourceTests.class.getName().replace('.', '/') + ".class";
		Thread thread = Thread.currentThread();
		ClassLoader classLoader = thread.getContextClassLoader();
		Source source = Source.of("p", "classpath:" + name);
		try {
			thread.setContextClassLoader(ClassLoader.getPlatformClassLoader());
			assertThat(source.read()).hasSize(1);
		}
		finally {
			thread.setContextClassLoader(classLoader);
		}
	}

	@Test
	void readWhenInlinePemThenContentAndPlaceWithoutIt() {
		String pem = "-----BEGIN PRIVATE KEY-----\nc2VjcmV0\n-----END PRIVATE KEY-----\n";
		Source source = Source.of("mtls.server.private-key", pem);
		assertThat(textOf(source)).isEqualTo(pem);
		assertThat(source.place()).isEqualTo("mtls.server.private-key=(inline PEM)").isEqualTo(source.toString());
		assertThat(Location.parse("p", pem)).hasToString("p=(inline PEM)");
	}

	@ParameterizedTest
	@ValueSource(strings = { "base64:c2VjcmV0", "base64: c2Vj\r\n\tcmV0 \n", "BASE64:c2VjcmV0" })
	void readWhenBase64ThenDecodedAndPlaceWithoutIt(String location) {
		Source source = Source.of("p", location);
		assertThat(textOf(source)).isEqualTo("secret");
		assertThat(source.place()).isEqualTo("p=(Base64)");
	}

	@Test
	void readWhenBase64MalformedThenFailsWithoutContent() {
		Source source = Source.of("p", "base64:c2Vj-cmV0");
		assertFailure(source, Reason.CONFIGURATION_INVALID, "p=(Base64)", "The text is not valid Base64",
				"Encode the content again, for example with base64 -w0");
		assertThatExceptionOfType(MtlsException.class).isThrownBy(source::read).withNoCause();
	}

	@Test
	void readWhenInlineBeyondLimitThenFails() {
		assertThat(textOf(Source.of("p", "base64:c2VjcmV0", 6))).isEqualTo("secret");
		assertFailure(Source.of("p", "base64:c2VjcmV0", 5), Reason.MATERIAL_INVALID, "p=(Base64)",
				"It has more than 5 bytes", "Check that it is the right file, or split it");
	}

	@Test
	void readWhenFileMissingThenFails() {
		Path file = this.directory.resolve("none.crt");
		assertFailure(Source.of("p", "file:" + file), Reason.SOURCE_UNREADABLE, "p=file:" + file,
				"There is no such file", "Create the file, or correct the location");
	}

	@Test
	void readWhenRelativeFileMissingThenSaysWhereItLooked() {
		assertFailure(Source.of("p", "file:none.crt"), Reason.SOURCE_UNREADABLE, "p=file:none.crt",
				"There is no such file, seen from the working directory as " + Path.of("none.crt").toAbsolutePath(),
				"Create the file, or correct the location");
	}

	@Test
	void readWhenLinkIsBrokenThenFails() throws IOException {
		Path link = Files.createSymbolicLink(this.directory.resolve("link"), Path.of("gone"));
		assertFailure(Source.of("p", link.toString()), Reason.SOURCE_UNREADABLE, "p=" + link, "There is no such file",
				"Create the file, or correct the location");
	}

	@Test
	void readWhenDirectoryThenFails() {
		assertFailure(Source.of("p", "file:" + this.directory), Reason.SOURCE_UNREADABLE, "p=file:" + this.directory,
				"It is a directory where a file must be", "Name a file in it");
		assertFailure(Source.of("p", "classpath:dev/mtls/source"), Reason.SOURCE_UNREADABLE,
				"p=classpath:dev/mtls/source", "It is a directory where a file must be", "Name a file in it");
	}

	@Test
	void readWhenDeviceThenFails() {
		assumeTrue(Files.exists(Path.of("/dev/zero")), "This system has no /dev/zero");
		assertFailure(Source.of("p", "/dev/zero"), Reason.SOURCE_UNREADABLE, "p=/dev/zero", "It is no regular file",
				"Write the content to a file");
	}

	@Test
	void readWhenNotPermittedThenFails() throws IOException {
		Path file = write("tls.key", "secret");
		Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("---------"));
		assumeFalse(Files.isReadable(file), "This user may read every file");
		assertFailure(Source.of("p", "file:" + file), Reason.SOURCE_UNREADABLE, "p=file:" + file,
				"This process may not read it",
				"Give the user of this process the right to read the file and to enter its directories");
	}

	@Test
	void readWhenClassPathMissingThenFails() {
		assertFailure(Source.of("p", "classpath:none.crt"), Reason.SOURCE_UNREADABLE, "p=classpath:none.crt",
				"The class path has no such resource", "Add the resource, or correct the location");
	}

	@Test
	void readWhenFileHasLimitThenContent() throws IOException {
		Path file = this.directory.resolve("large");
		Files.write(file, new byte[Source.DEFAULT_LIMIT]);
		assertThat(Source.of("p", "file:" + file).read().get(0).content()).hasSize(1024 * 1024);
		Files.write(file, new byte[Source.DEFAULT_LIMIT + 1]);
		assertFailure(Source.of("p", "file:" + file), Reason.MATERIAL_INVALID, "p=file:" + file,
				"It has more than 1048576 bytes", "Check that it is the right file, or split it");
	}

	@Test
	void readWhenFileSizeLiesThenBoundedAllTheSame() throws IOException {
		Path file = Path.of("/proc/self/status");
		assumeTrue(Files.exists(file) && Files.size(file) == 0, "This system has no /proc/self/status");
		assertThat(Source.of("p", "file:" + file).read().get(0).content()).isNotEmpty();
		assertThatExceptionOfType(MtlsException.class).isThrownBy(() -> Source.of("p", "file:" + file, 10).read())
			.satisfies((ex) -> assertThat(ex.reason()).isEqualTo(Reason.MATERIAL_INVALID));
	}

	@ParameterizedTest
	@ValueSource(ints = { 0, -1, Integer.MAX_VALUE })
	void ofWhenLimitImpossibleThenThrows(int limit) {
		assertThatIllegalArgumentException().isThrownBy(() -> Source.of("p", "file:a", limit));
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', textBlock = """
			''                     | p                  | The location is empty
			'  '                   | p                  | The location is empty
			vault:secret/tls       | p=vault:…          | This kind of location is not known
			classpath*:tls.crt     | p=classpath*:…     | This kind of location is not known
			""")
	void ofWhenLocationUnknownThenFails(String location, String place, String problem) {
		assertInvalid(location, place, problem, KINDS);
	}

	@ParameterizedTest
	@CsvSource({ "http://user:pw@host/tls.crt, p=http:…", "HTTPS://host/tls.crt, p=https:…" })
	void ofWhenNetworkThenFailsWithoutPassword(String location, String place) {
		assertInvalid(location, place, "A location on the network cannot be used here",
				"Write the content to a file and use file:");
	}

	@Test
	void ofWhenOptionalThenFails() {
		assertInvalid("optional:file:a.crt", "p=optional:…", "The location may not be optional here",
				"Remove optional:");
	}

	@Test
	void ofWhenFileNamesHostThenFails() {
		assertInvalid("file://etc/tls.crt", "p=file://etc/tls.crt", "A file: location cannot name a host",
				"Write one or three slashes after file:");
	}

	@Test
	void ofWhenNameEmptyThenFails() {
		assertInvalid("file:", "p=file:", "The path is empty", "Name a file");
		assertInvalid("classpath:/", "p=classpath:/", "The name is empty", "Name a resource of the class path");
	}

	@ParameterizedTest
	@ValueSource(strings = { "file:/etc/tls\0.crt", "/etc/tls.crt\nMIIsecret", "file:/etc/\u001b[2J", "a\u0085b",
			"classpath:a\0.crt" })
	void ofWhenPathHasControlCharacterThenFailsWithoutShowingIt(String location) {
		assertInvalid(location, "p=(text with control characters)",
				"A path cannot hold line breaks or other control characters", KINDS);
	}

	@ParameterizedTest
	@ValueSource(ints = { 46, 47, 48, 119, 127, 128, 250, 255, 256, 1190, 70000 })
	void ofWhenBase64WithoutPrefixThenFailsWithoutShowingIt(int length) {
		String key = Base64.getEncoder().encodeToString(derOfLength(length));
		assertInvalid(key, "p=(Base64)", "This is Base64 and no path", "Write base64: before it");
		assertInvalid("file:" + key, "p=(Base64)", "This is Base64 and no path", "Write base64: before it");
	}

	@ParameterizedTest
	@ValueSource(strings = { "MIIEpAIBAAKCAQEA/is/a/path/of/some/length/tls",
			"Material/of/the/server/that/is/ours/tls.crt", "M-----------------------------------------" })
	void ofWhenPathLooksLikeBase64ThenPath(String location) {
		assertThat(Source.of("p", location).place()).isEqualTo("p=" + location);
	}

	private static byte[] derOfLength(int length) {
		byte[] header;
		if (length < 128) {
			header = new byte[] { 0x30, (byte) length };
		}
		else if (length < 256) {
			header = new byte[] { 0x30, (byte) 0x81, (byte) length };
		}
		else if (length < 65536) {
			header = new byte[] { 0x30, (byte) 0x82, (byte) (length >> 8), (byte) length };
		}
		else {
			header = new byte[] { 0x30, (byte) 0x83, (byte) (length >> 16), (byte) (length >> 8), (byte) length };
		}
		return Arrays.copyOf(header, header.length + length);
	}

	private Path write(String name, String content) throws IOException {
		return Files.writeString(this.directory.resolve(name), content);
	}

	private static String textOf(Source source) {
		return new String(source.read().get(0).content(), StandardCharsets.UTF_8);
	}

	private static void assertInvalid(String location, String place, String problem, String fix) {
		assertThatExceptionOfType(MtlsException.class).isThrownBy(() -> Source.of("p", location))
			.satisfies((ex) -> assertThat(List.of(ex.reason(), ex.place(), ex.problem(), ex.fix()))
				.containsExactly(Reason.CONFIGURATION_INVALID, place, problem, fix));
	}

	private static void assertFailure(Source source, Reason reason, String place, String problem, String fix) {
		assertThatExceptionOfType(MtlsException.class).isThrownBy(source::read)
			.satisfies((ex) -> assertThat(List.of(ex.reason(), ex.place(), ex.problem(), ex.fix()))
				.containsExactly(reason, place, problem, fix));
	}

}
