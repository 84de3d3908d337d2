package dev.mtls.source;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import dev.mtls.decision.MtlsException;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIOException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

/**
 * Tests for {@link Document}.
 */
class DocumentTests {

	@TempDir
	private Path directory;

	@Test
	void closeOverwritesContent() {
		byte[] content = { 1, 2, 3 };
		Document document = Document.of("p", content);
		assertThat(document.content()).isSameAs(content);
		document.close();
		assertThat(content).containsOnly(0);
		assertThatIllegalStateException().isThrownBy(document::content);
	}

	@Test
	void toStringHasNoContent() {
		assertThat(Document.of("p=file:a", new byte[] { 1 })).hasToString("p=file:a");
	}

	@ParameterizedTest
	@ValueSource(ints = { 0, 1, 8191, 8192, 8193, 16384, 100_000 })
	void readWhenAnySizeThenAllBytes(int size) throws IOException {
		byte[] content = new byte[size];
		for (int i = 0; i < size; i++) {
			content[i] = (byte) (i * 31);
		}
		Recorder in = new Recorder(new ByteArrayInputStream(content));
		try (Document document = Document.read("p", in, 100_000, null)) {
			assertThat(document.content()).isEqualTo(content);
			in.assertBuffersAreOverwritten();
		}
	}

	@Test
	void readWhenEndlessThenStopsAfterLimit() {
		Recorder in = new Recorder(new Endless());
		assertThatExceptionOfType(MtlsException.class).isThrownBy(() -> Document.read("p", in, 20_000, null))
			.withMessageContaining("It has more than 20000 bytes");
		assertThat(in.count).isEqualTo(20_001);
		in.assertBuffersAreOverwritten();
	}

	@Test
	void readWhenStreamFailsThenBuffersAreOverwritten() {
		Recorder in = new Recorder(new Failing());
		assertThatIOException().isThrownBy(() -> Document.read("p", in, 20_000, null));
		assertThat(in.count).isPositive();
		in.assertBuffersAreOverwritten();
	}

	@ParameterizedTest
	@CsvSource({ "rw-------, false", "r-x--x--x, false", "rw--w--w-, false", "rw-r-----, true", "rw----r--, true",
			"rw-rw-rw-, true" })
	void isReadableByOthersFollowsLinksToTheFile(String permissions, boolean expected) throws IOException {
		Path file = Files.writeString(this.directory.resolve("tls.key"), "secret");
		Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(permissions));
		Path link = Files.createSymbolicLink(this.directory.resolve("link"), Path.of("tls.key"));
		assertThat(Source.of("p", file.toString()).read().get(0).isReadableByOthers()).isEqualTo(expected);
		assertThat(Source.of("p", link.toString()).read().get(0).isReadableByOthers()).isEqualTo(expected);
	}

	@Test
	void isReadableByOthersWhenNoFileThenFalse() {
		assertThat(Source.of("p", "base64:Yw==").read().get(0).isReadableByOthers()).isFalse();
	}

	/**
	 * Keeps the buffers that it is asked to fill.
	 */
	private static final class Recorder extends InputStream {

		private final InputStream in;

		private final List<byte[]> buffers = new ArrayList<>();

		private int count;

		private Recorder(InputStream in) {
			this.in = in;
		}

		@Override
		public int read() {
			throw new UnsupportedOperationException();
		}

		@Override
		public int read(byte[] buffer, int offset, int length) throws IOException {
			this.buffers.add(buffer);
			int read = this.in.read(buffer, offset, length);
			this.count += Math.max(0, read);
			return read;
		}

		private void assertBuffersAreOverwritten() {
			assertThat(this.buffers).isNotEmpty();
			for (byte[] buffer : this.buffers) {
				assertThat(buffer).containsOnly(0);
			}
		}

	}

	/**
	 * Never ends.
	 */
	private static final class Endless extends InputStream {

		@Override
		public int read() {
			return 'x';
		}

	}

	/**
	 * Breaks after some bytes.
	 */
	private static final class Failing extends InputStream {

		private boolean read;

		@Override
		public int read() {
			throw new UnsupportedOperationException();
		}

		@Override
		public int read(byte[] buffer, int offset, int length) throws IOException {
			if (this.read) {
				throw new IOException("broken");
			}
			this.read = true;
			buffer[offset] = 'x';
			return 1;
		}

	}

}
