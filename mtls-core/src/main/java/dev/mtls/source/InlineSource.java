package dev.mtls.source;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;

import dev.mtls.decision.MtlsException;
import dev.mtls.decision.Reason;

/**
 * Content that stands in the property itself.
 */
final class InlineSource implements Source {

	private final Location location;

	private final int limit;

	InlineSource(Location location, int limit) {
		this.location = location;
		this.limit = limit;
	}

	@Override
	public String place() {
		return this.location.place();
	}

	@Override
	public List<Document> read() {
		Document document = Document.of(place(), content());
		if (document.content().length > this.limit) {
			document.close();
			throw Document.tooLarge(place(), this.limit);
		}
		return List.of(document);
	}

	@Override
	public String toString() {
		return place();
	}

	private byte[] content() {
		byte[] text = this.location.value().getBytes(StandardCharsets.UTF_8);
		return (this.location.kind() == Location.Kind.BASE64) ? decode(text) : text;
	}

	private byte[] decode(byte[] text) {
		byte[] packed = new byte[0];
		try {
			packed = withoutWhitespace(text);
			return Base64.getDecoder().decode(packed);
		}
		catch (IllegalArgumentException ex) {
			// Without the cause, whose message may quote the content
			throw new MtlsException(Reason.CONFIGURATION_INVALID, place(), "The text is not valid Base64",
					"Encode the content again, for example with base64 -w0");
		}
		finally {
			Arrays.fill(text, (byte) 0);
			Arrays.fill(packed, (byte) 0);
		}
	}

	private static byte[] withoutWhitespace(byte[] text) {
		byte[] packed = new byte[text.length];
		int length = 0;
		for (byte character : text) {
			if (character < 0 || character > ' ') {
				packed[length++] = character;
			}
		}
		byte[] result = Arrays.copyOf(packed, length);
		Arrays.fill(packed, (byte) 0);
		return result;
	}

}
