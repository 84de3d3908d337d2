package dev.mtls.source;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import dev.mtls.decision.MtlsException;
import dev.mtls.decision.Reason;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

/**
 * Tests for {@link Contents}.
 */
class ContentsTests {

	@TempDir
	private Path directory;

	@Test
	void ofReturnsDocumentsOfEachSource() throws IOException {
		Source certificate = file("tls.crt", "certificate");
		Source trust = Source.ofMany("trust", "optional:file:" + this.directory.resolve("none"));
		try (Contents contents = Contents.read(List.of(certificate, trust, certificate))) {
			assertThat(textOf(contents.of(certificate).get(0))).isEqualTo("certificate");
			assertThat(contents.of(trust)).isEmpty();
			assertThatIllegalArgumentException().isThrownBy(() -> contents.of(Source.of("p", "file:other")));
		}
	}

	@Test
	void closeOverwritesAll() {
		byte[] one = { 1 };
		byte[] two = { 2 };
		Source first = memory("a", () -> one);
		Contents contents = Contents.read(List.of(first, memory("b", () -> two)));
		ContentHash hash = contents.hash();
		contents.close();
		assertThat(one).containsOnly(0);
		assertThat(two).containsOnly(0);
		assertThat(contents.hash()).isEqualTo(hash);
		assertThatIllegalStateException().isThrownBy(() -> contents.of(first).get(0).content());
	}

	@Test
	void readWhenLaterSourceFailsThenOverwritesEarlierOnes() {
		byte[] secret = { 1, 2, 3 };
		Source missing = Source.of("p", "file:" + this.directory.resolve("none"));
		assertThatExceptionOfType(MtlsException.class)
			.isThrownBy(() -> Contents.read(List.of(memory("key", () -> secret), missing)))
			.satisfies((ex) -> assertThat(ex.reason()).isEqualTo(Reason.SOURCE_UNREADABLE));
		assertThat(secret).containsOnly(0);
	}

	@Test
	void readWhenFilesAreReplacedInBetweenThenReadsAllAgain() throws IOException {
		Source key = file("tls.key", "old key");
		List<byte[]> read = new ArrayList<>();
		Source certificate = memory("certificate", () -> {
			if (read.isEmpty()) {
				replace("tls.key", "new key");
			}
			read.add(("certificate " + read.size()).getBytes(StandardCharsets.UTF_8));
			return read.get(read.size() - 1);
		});
		try (Contents contents = Contents.read(List.of(key, certificate))) {
			assertThat(textOf(contents.of(key).get(0))).isEqualTo("new key");
			assertThat(textOf(contents.of(certificate).get(0))).isEqualTo("certificate 1");
			assertThat(read.get(0)).containsOnly(0);
		}
	}

	@Test
	void readWhenFilesNeverRestThenFails() throws IOException {
		Source key = file("tls.key", "key");
		List<byte[]> read = new ArrayList<>();
		Source certificate = memory("certificate", () -> {
			replace("tls.key", "key " + read.size());
			read.add(new byte[] { 1 });
			return read.get(read.size() - 1);
		});
		assertThatExceptionOfType(MtlsException.class).isThrownBy(() -> Contents.read(List.of(key, certificate)))
			.satisfies((ex) -> assertThat(List.of(ex.reason(), ex.place(), ex.problem(), ex.fix())).containsExactly(
					Reason.SOURCE_UNREADABLE, key.place() + ", certificate", "The files change while they are read",
					"Write each to a new file and move that to its name"));
		assertThat(read).hasSize(3).allSatisfy((content) -> assertThat(content).containsOnly(0));
	}

	@Test
	void hashWhenConfigMapIsSwappedThenChanges() throws IOException {
		mount("..2026_01", "old");
		Files.createSymbolicLink(this.directory.resolve("..data"), Path.of("..2026_01"));
		Files.createSymbolicLink(this.directory.resolve("ca.crt"), Path.of("..data/ca.crt"));
		Source source = Source.ofMany("trust", "file:" + this.directory);
		ContentHash before = hashOf(source);
		mount("..2026_02", "new");
		swap("..2026_02");
		ContentHash after = hashOf(source);
		assertThat(after).isNotEqualTo(before);
		mount("..2026_03", "new");
		swap("..2026_03");
		assertThat(hashOf(source)).isEqualTo(after);
	}

	@Test
	void hashWhenEqualBytesAreRewrittenThenStays() throws IOException {
		Source source = file("tls.crt", "content");
		ContentHash before = hashOf(source);
		replace("tls.crt", "content");
		Files.setLastModifiedTime(this.directory.resolve("tls.crt"), FileTime.fromMillis(1));
		assertThat(hashOf(source)).isEqualTo(before);
	}

	@Test
	void hashWhenSameSizeAndTimeButOtherBytesThenChanges() throws IOException {
		Source source = file("tls.crt", "content");
		FileTime time = Files.getLastModifiedTime(this.directory.resolve("tls.crt"));
		ContentHash before = hashOf(source);
		Files.writeString(this.directory.resolve("tls.crt"), "CONTENT");
		Files.setLastModifiedTime(this.directory.resolve("tls.crt"), time);
		assertThat(hashOf(source)).isNotEqualTo(before);
	}

	@Test
	void hashWhenFileIsAddedToDirectoryThenChanges() throws IOException {
		file("a.crt", "a");
		Source source = Source.ofMany("trust", "file:" + this.directory);
		ContentHash before = hashOf(source);
		file("b.crt", "");
		assertThat(hashOf(source)).isNotEqualTo(before);
	}

	private Source file(String name, String content) throws IOException {
		return Source.of("p", "file:" + Files.writeString(this.directory.resolve(name), content));
	}

	private void replace(String name, String content) {
		try {
			Path file = Files.writeString(this.directory.resolve(name + ".new"), content);
			Files.move(file, this.directory.resolve(name), StandardCopyOption.ATOMIC_MOVE);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private void mount(String version, String content) throws IOException {
		Path mounted = Files.createDirectory(this.directory.resolve(version));
		Files.writeString(mounted.resolve("ca.crt"), content);
	}

	private void swap(String version) throws IOException {
		Path link = Files.createSymbolicLink(this.directory.resolve("..data_tmp"), Path.of(version));
		Files.move(link, this.directory.resolve("..data"), StandardCopyOption.ATOMIC_MOVE);
	}

	private static ContentHash hashOf(Source source) {
		try (Contents contents = Contents.read(List.of(source))) {
			return contents.hash();
		}
	}

	private static String textOf(Document document) {
		return new String(document.content(), StandardCharsets.UTF_8);
	}

	private static Source memory(String place, Supplier<byte[]> content) {
		return new Source() {

			@Override
			public String place() {
				return place;
			}

			@Override
			public List<Document> read() {
				return List.of(Document.of(place, content.get()));
			}

		};
	}

}
