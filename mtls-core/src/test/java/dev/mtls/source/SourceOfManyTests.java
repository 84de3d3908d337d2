package dev.mtls.source;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import dev.mtls.decision.MtlsException;
import dev.mtls.decision.Reason;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for {@link Source#ofMany(String, String)}.
 */
class SourceOfManyTests {

	@TempDir
	private Path directory;

	@Test
	void readWhenDirectoryThenCertificateFilesSorted() throws IOException {
		for (String name : List.of("b.PEM", "c.cer", "a.crt", "d.der", "key.key", "README", "pem", "x.crt.bak",
				".hidden.crt")) {
			write(name, name);
		}
		Files.createDirectory(this.directory.resolve("sub.crt"));
		write("sub.crt/deep.crt", "deep");
		Source source = Source.ofMany("p", "file:" + this.directory);
		assertThat(textsOf(source)).containsExactly("a.crt", "b.PEM", "c.cer", "d.der");
		assertThat(source.place()).isEqualTo("p=file:" + this.directory);
		assertThat(source.read().get(0).place()).isEqualTo("p=file:" + this.directory.resolve("a.crt"));
	}

	@Test
	void readWhenGlobThenMatchesSorted() throws IOException {
		for (String name : List.of("ca-2.crt", "ca-1.crt", "ca-10.crt", "server.crt", "ca-1.key", ".ca-1.crt")) {
			write(name, name);
		}
		assertThat(textsOf(many("ca-*.crt"))).containsExactly("ca-1.crt", "ca-10.crt", "ca-2.crt");
		assertThat(textsOf(many("ca-?.crt"))).containsExactly("ca-1.crt", "ca-2.crt");
		assertThat(textsOf(many("ca-1.*"))).containsExactly("ca-1.crt", "ca-1.key");
	}

	@Test
	void readWhenFileThenThatFileWhateverItsName() throws IOException {
		write("bundle", "content");
		assertThat(textsOf(many("bundle"))).containsExactly("content");
		assertThat(textsOf(Source.ofMany("p", this.directory.resolve("bundle").toString()))).containsExactly("content");
	}

	@ParameterizedTest
	@ValueSource(strings = { "", "*", "*.crt" })
	void readWhenMountedConfigMapThenEachFileOnce(String pattern) throws IOException {
		Path version = Files.createDirectory(this.directory.resolve("..2026_01"));
		Files.writeString(version.resolve("ca.crt"), "content");
		Files.createSymbolicLink(this.directory.resolve("..data"), Path.of("..2026_01"));
		Files.createSymbolicLink(this.directory.resolve("ca.crt"), Path.of("..data/ca.crt"));
		assertThat(textsOf(many(pattern))).containsExactly("content");
	}

	@Test
	void readWhenOptionalAndMissingThenNoDocuments() {
		for (String name : List.of("none.crt", "none", "none/*.crt", "*.crt", "")) {
			assertThat(Source.ofMany("p", "optional:file:" + this.directory.resolve(name)).read()).isEmpty();
		}
		assertThat(Source.ofMany("p", " optional:" + this.directory.resolve("none")).read()).isEmpty();
		assertThat(Source.ofMany("p", "optional:classpath:none.crt").read()).isEmpty();
	}

	@Test
	void readWhenOptionalAndPresentThenDocuments() throws IOException {
		write("ca.crt", "content");
		for (String name : List.of("ca.crt", "*.crt", "")) {
			assertThat(textsOf(Source.ofMany("p", "optional:file:" + this.directory.resolve(name))))
				.containsExactly("content");
		}
		assertThat(textsOf(Source.ofMany("p", "optional:base64:Yw=="))).containsExactly("c");
		assertThat(Source.ofMany("p", "optional:classpath:org/junit/jupiter/api/Test.class").read()).hasSize(1);
	}

	@Test
	void readWhenOptionalButUnusableThenFails() throws IOException {
		Path link = Files.createSymbolicLink(this.directory.resolve("ca.crt"), Path.of("gone"));
		assertFailure(Source.ofMany("p", "optional:file:" + link), "p=file:" + link, "There is no such file",
				"Create the file, or correct the location");
	}

	@Test
	void readWhenNothingFoundThenFails() {
		String fix = "Add a file, correct the location, or write optional: before it";
		assertFailure(many("*.crt"), "p=file:" + this.directory + "/*.crt", "No file matches the pattern", fix);
		assertFailure(many(""), "p=file:" + this.directory,
				"The directory has no file whose name ends in .pem, .crt, .cer or .der", fix);
		assertFailure(many("none/*.crt"), "p=file:" + this.directory + "/none/*.crt", "There is no such file",
				"Create the file, or correct the location");
	}

	@Test
	void readWhenLaterFileTooLargeThenFailsWithItsPlace() throws IOException {
		write("a.crt", "a");
		write("b.crt", "bb");
		Source source = Source.ofMany("p", "file:" + this.directory, 1);
		assertThatExceptionOfType(MtlsException.class).isThrownBy(source::read)
			.satisfies((ex) -> assertThat(ex.place()).isEqualTo("p=file:" + this.directory.resolve("b.crt")));
	}

	@Test
	void ofManyWhenGlobInDirectoryThenFails() {
		assertInvalid("file:/etc/*/ca.crt", "Only the last segment of the path may hold * or ?",
				"List each directory on its own");
	}

	@Test
	void ofManyWhenGlobMalformedThenFails() {
		assertThatExceptionOfType(MtlsException.class).isThrownBy(() -> Source.ofMany("p", "file:/etc/[*.crt"))
			.satisfies((ex) -> assertThat(ex.reason()).isEqualTo(Reason.CONFIGURATION_INVALID))
			.satisfies((ex) -> assertThat(ex.problem()).startsWith("The pattern is malformed: "));
	}

	@Test
	void ofManyWhenOptionalTwiceThenFails() {
		assertThatExceptionOfType(MtlsException.class)
			.isThrownBy(() -> Source.ofMany("p", "optional:optional:file:/etc/ca.crt"));
	}

	private Source many(String name) {
		return Source.ofMany("p", "file:" + this.directory.resolve(name));
	}

	private void write(String name, String content) throws IOException {
		Files.writeString(this.directory.resolve(name), content);
	}

	private static List<String> textsOf(Source source) {
		return source.read()
			.stream()
			.map((document) -> new String(document.content(), StandardCharsets.UTF_8))
			.toList();
	}

	private static void assertInvalid(String location, String problem, String fix) {
		assertThatExceptionOfType(MtlsException.class).isThrownBy(() -> Source.ofMany("p", location))
			.satisfies((ex) -> assertThat(List.of(ex.reason(), ex.place(), ex.problem(), ex.fix()))
				.containsExactly(Reason.CONFIGURATION_INVALID, "p=" + location, problem, fix));
	}

	private static void assertFailure(Source source, String place, String problem, String fix) {
		assertThatExceptionOfType(MtlsException.class).isThrownBy(source::read)
			.satisfies((ex) -> assertThat(List.of(ex.reason(), ex.place(), ex.problem(), ex.fix()))
				.containsExactly(Reason.SOURCE_UNREADABLE, place, problem, fix));
	}

}
