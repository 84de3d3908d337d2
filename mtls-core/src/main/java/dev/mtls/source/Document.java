package dev.mtls.source;

import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;

import org.jspecify.annotations.Nullable;

import dev.mtls.decision.MtlsException;
import dev.mtls.decision.Reason;

/**
 * Bytes that were read from a place, which may be those of a private key. Closing it
 * overwrites them.
 */
public final class Document implements AutoCloseable {

	private static final int FIRST_BUFFER = 8 * 1024;

	private final String place;

	private final byte[] content;

	private final @Nullable FileState file;

	private boolean closed;

	private Document(String place, byte[] content, @Nullable FileState file) {
		this.place = place;
		this.content = content;
		this.file = file;
	}

	/**
	 * Create a document from bytes in memory.
	 * @param place where they are from, for messages
	 * @param content the bytes; not copied, so that closing the document overwrites them
	 * @return the document
	 */
	public static Document of(String place, byte[] content) {
		return new Document(place, content, null);
	}

	/**
	 * Read a document.
	 * @param place where it is from
	 * @param in the bytes, read up to one more than the limit whatever size the file says
	 * it has
	 * @param limit the number of bytes that the document may have
	 * @param file the file that it is read from, or {@code null}
	 * @return the document
	 * @throws IOException when reading fails
	 */
	static Document read(String place, InputStream in, int limit, @Nullable FileState file) throws IOException {
		byte[] buffer = new byte[Math.min(limit + 1, FIRST_BUFFER)];
		try {
			int length = 0;
			int count;
			while ((count = in.read(buffer, length, buffer.length - length)) >= 0) {
				length += count;
				if (length > limit) {
					throw tooLarge(place, limit);
				}
				if (length == buffer.length) {
					byte[] full = buffer;
					buffer = Arrays.copyOf(full, (int) Math.min(limit + 1L, full.length * 2L));
					Arrays.fill(full, (byte) 0);
				}
			}
			return new Document(place, Arrays.copyOf(buffer, length), file);
		}
		finally {
			Arrays.fill(buffer, (byte) 0);
		}
	}

	static MtlsException tooLarge(String place, int limit) {
		return new MtlsException(Reason.MATERIAL_INVALID, place, "It has more than %d bytes".formatted(limit),
				"Check that it is the right file, or split it");
	}

	/**
	 * Where the bytes are from.
	 * @return the place, such as {@code mtls.server.certificate=file:/etc/tls/tls.crt}
	 */
	public String place() {
		return this.place;
	}

	/**
	 * The bytes.
	 * @return the bytes themselves and no copy; zeros after {@link #close()}
	 * @throws IllegalStateException when the document is closed
	 */
	public byte[] content() {
		if (this.closed) {
			throw new IllegalStateException("The document %s is closed".formatted(this.place));
		}
		return this.content;
	}

	/**
	 * Whether the file, after all symbolic links, could be read by its group or by
	 * everyone when the document was read.
	 * @return {@code true} if so; {@code false} also where the file system has no such
	 * permissions or the document is from no file
	 */
	public boolean isReadableByOthers() {
		return this.file != null && this.file.readableByOthers();
	}

	/**
	 * Overwrite the bytes.
	 */
	@Override
	public void close() {
		this.closed = true;
		Arrays.fill(this.content, (byte) 0);
	}

	@Override
	public String toString() {
		return this.place;
	}

	/**
	 * Whether the file is still the one that was read.
	 * @return {@code true} unless it was changed, replaced or removed
	 */
	boolean isCurrent() {
		return this.file == null || this.file.isCurrent();
	}

}
