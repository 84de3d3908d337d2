package dev.mtls.source;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Collection;
import java.util.HexFormat;
import java.util.List;
import java.util.regex.Pattern;

/**
 * Tells whether content has changed: a SHA-256 over documents, their places and their
 * grouping by source. Equal hashes mean equal places and bytes, whatever happened to the
 * files in between.
 *
 * @param hex 64 lower-case hexadecimal digits
 */
public record ContentHash(String hex) {

	private static final Pattern HEX = Pattern.compile("[0-9a-f]{64}");

	/**
	 * Create a hash.
	 * @throws IllegalArgumentException if {@code hex} is something else
	 */
	public ContentHash {
		if (!HEX.matcher(hex).matches()) {
			throw new IllegalArgumentException("A content hash has 64 hexadecimal digits");
		}
	}

	static ContentHash of(Collection<List<Document>> documentsOfSources) {
		MessageDigest digest = sha256();
		for (List<Document> documents : documentsOfSources) {
			digest.update(intBytes(documents.size()));
			for (Document document : documents) {
				update(digest, document.place().getBytes(StandardCharsets.UTF_8));
				update(digest, document.content());
			}
		}
		return new ContentHash(HexFormat.of().formatHex(digest.digest()));
	}

	/**
	 * The hash of content that does not come from a {@link Source}.
	 * @param fields the fields of the content, in an order that counts
	 * @return the hash
	 */
	public static ContentHash ofFields(Collection<byte[]> fields) {
		MessageDigest digest = sha256();
		fields.forEach((field) -> update(digest, field));
		return new ContentHash(HexFormat.of().formatHex(digest.digest()));
	}

	/**
	 * The hash of this content and another.
	 * @param other the hash of the other content
	 * @return a hash that changes when one of both does
	 */
	public ContentHash and(ContentHash other) {
		HexFormat hex = HexFormat.of();
		return ofFields(List.of(hex.parseHex(this.hex), hex.parseHex(other.hex)));
	}

	/**
	 * The length goes first, so that no byte can move from one field to the next and
	 * leave the hash as it was.
	 */
	private static void update(MessageDigest digest, byte[] field) {
		digest.update(intBytes(field.length));
		digest.update(field);
	}

	private static byte[] intBytes(int number) {
		return ByteBuffer.allocate(Integer.BYTES).putInt(number).array();
	}

	private static MessageDigest sha256() {
		try {
			return MessageDigest.getInstance("SHA-256");
		}
		catch (NoSuchAlgorithmException ex) {
			throw new IllegalStateException("Every Java platform has SHA-256", ex);
		}
	}

}
