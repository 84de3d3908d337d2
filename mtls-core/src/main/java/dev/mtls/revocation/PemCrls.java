package dev.mtls.revocation;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

import org.bouncycastle.util.io.pem.PemObject;
import org.bouncycastle.util.io.pem.PemReader;

/**
 * Finds the CRLs in PEM text (RFC 7468, section 7), past other blocks and any text around
 * them.
 */
final class PemCrls {

	private static final String LABEL = "X509 CRL";

	private static final byte[] BEGIN = "-----BEGIN ".getBytes(StandardCharsets.US_ASCII);

	private static final byte[] BYTE_ORDER_MARK = { (byte) 0xef, (byte) 0xbb, (byte) 0xbf };

	private PemCrls() {
	}

	/**
	 * Read the blocks.
	 * @param content the text, or anything else
	 * @return the content of the blocks that are CRLs; none when it is no PEM at all
	 * @throws MalformedCrlException if a block is damaged, or none is a CRL
	 */
	static List<byte[]> read(byte[] content) throws MalformedCrlException {
		int start = startsWith(content, 0, BYTE_ORDER_MARK) ? BYTE_ORDER_MARK.length : 0;
		ByteArrayInputStream bytes = new ByteArrayInputStream(content, start, content.length - start);
		List<byte[]> crls = new ArrayList<>();
		int blocks = 0;
		try (PemReader reader = new PemReader(new InputStreamReader(bytes, StandardCharsets.ISO_8859_1))) {
			PemObject block;
			while ((block = reader.readPemObject()) != null) {
				blocks++;
				if (block.getType().equals(LABEL)) {
					crls.add(block.getContent());
				}
			}
		}
		catch (IOException | RuntimeException ex) {
			throw new MalformedCrlException("PEM block %d is damaged".formatted(blocks + 1), ex);
		}
		if (blocks != count(content, BEGIN)) {
			// The reader takes a malformed BEGIN line for the end
			throw new MalformedCrlException("PEM block %d is damaged".formatted(blocks + 1));
		}
		if (blocks != 0 && crls.isEmpty()) {
			throw new MalformedCrlException("it holds no block named " + LABEL);
		}
		return crls;
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
		return content.length - offset >= text.length && content[offset] == text[0]
				&& Arrays.equals(content, offset, offset + text.length, text, 0, text.length);
	}

}
