package dev.mtls.material;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

import org.bouncycastle.util.io.pem.PemHeader;
import org.bouncycastle.util.io.pem.PemObject;
import org.bouncycastle.util.io.pem.PemReader;
import org.jspecify.annotations.Nullable;

import dev.mtls.decision.MtlsException;
import dev.mtls.decision.Reason;
import dev.mtls.source.Document;

/**
 * What stands between a BEGIN and its END (RFC 7468). Closing it overwrites the content.
 */
final class PemBlock implements AutoCloseable {

	private static final byte[] BEGIN = "-----BEGIN ".getBytes(StandardCharsets.US_ASCII);

	private static final byte[] BYTE_ORDER_MARK = { (byte) 0xef, (byte) 0xbb, (byte) 0xbf };

	private final String place;

	private final PemObject object;

	private PemBlock(String place, PemObject object) {
		this.place = place;
		this.object = object;
	}

	/**
	 * Read all blocks of a document, past any text around them.
	 * @param document the document
	 * @return the blocks; none when it is no PEM at all
	 * @throws MtlsException with {@code MATERIAL_INVALID} when a block is damaged
	 */
	static List<PemBlock> readAll(Document document) {
		byte[] content = document.content();
		int start = startsWith(content, 0, BYTE_ORDER_MARK) ? BYTE_ORDER_MARK.length : 0;
		ByteArrayInputStream bytes = new ByteArrayInputStream(content, start, content.length - start);
		List<PemBlock> blocks = new ArrayList<>();
		try (PemReader reader = new PemReader(new InputStreamReader(bytes, StandardCharsets.ISO_8859_1))) {
			PemObject object;
			while ((object = reader.readPemObject()) != null) {
				blocks.add(new PemBlock(document.place(), object));
			}
		}
		catch (IOException | RuntimeException ex) {
			// Without the cause, whose message may quote the content
			blocks.forEach(PemBlock::close);
			throw damaged(document.place(), blocks.size() + 1);
		}
		if (blocks.size() != count(content, BEGIN)) {
			// The reader takes a malformed BEGIN line for the end
			blocks.forEach(PemBlock::close);
			throw damaged(document.place(), blocks.size() + 1);
		}
		return blocks;
	}

	/**
	 * Where the block is from.
	 * @return the place of its document
	 */
	String place() {
		return this.place;
	}

	/**
	 * What the block is.
	 * @return the label, such as {@code CERTIFICATE}
	 */
	String label() {
		return this.object.getType();
	}

	/**
	 * The decoded content.
	 * @return the bytes themselves and no copy
	 */
	byte[] content() {
		return this.object.getContent();
	}

	/**
	 * A header of a legacy block (RFC 1421, 4.6).
	 * @param name its name
	 * @return its value, or {@code null}
	 */
	@Nullable String header(String name) {
		for (Object each : this.object.getHeaders()) {
			if (each instanceof PemHeader header && name.equals(header.getName())) {
				return header.getValue();
			}
		}
		return null;
	}

	boolean isCertificate() {
		return label().equals("CERTIFICATE") || label().equals("X509 CERTIFICATE");
	}

	boolean isPrivateKey() {
		return label().endsWith("PRIVATE KEY");
	}

	@Override
	public void close() {
		Arrays.fill(content(), (byte) 0);
	}

	@Override
	public String toString() {
		return "%s in %s".formatted(label(), this.place);
	}

	private static MtlsException damaged(String place, int number) {
		return new MtlsException(Reason.MATERIAL_INVALID, place, "PEM block %d is damaged".formatted(number),
				"Copy the file again; each BEGIN and END line must be whole and stand on a line of its own");
	}

	private static int count(byte[] content, byte[] text) {
		int count = 0;
		for (int i = 0; i + text.length <= content.length; i++) {
			if (startsWith(content, i, text)) {
				count++;
			}
		}
		return count;
	}

	private static boolean startsWith(byte[] content, int offset, byte[] text) {
		return content.length - offset >= text.length
				&& Arrays.equals(content, offset, offset + text.length, text, 0, text.length);
	}

}
