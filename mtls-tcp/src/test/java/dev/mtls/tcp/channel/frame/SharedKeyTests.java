package dev.mtls.tcp.channel.frame;

import java.io.ByteArrayOutputStream;
import java.io.ObjectOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

/**
 * Tests for {@link SharedKey}.
 */
class SharedKeyTests {

	private static final byte[] KEY = "0123456789abcdefghijklmnopqrstuv".getBytes(StandardCharsets.US_ASCII);

	@Test
	void toStringSaysNothingOfTheBytes() {
		assertThat(new SharedKey(KEY.clone())).hasToString("SharedKey[***]");
		assertThat(new SharedKey(new byte[32])).hasToString("SharedKey[***]").hasSameHashCodeAs(new SharedKey(KEY));
	}

	@Test
	void serializedHasNoneOfTheBytes() throws Exception {
		ByteArrayOutputStream bytes = new ByteArrayOutputStream();
		try (ObjectOutputStream output = new ObjectOutputStream(bytes)) {
			output.writeObject(new SharedKey(KEY.clone()));
		}
		assertThat(bytes.toString(StandardCharsets.ISO_8859_1)).contains("SharedKey")
			.doesNotContain(new String(KEY, StandardCharsets.ISO_8859_1));
	}

	@Test
	void getEncodedIsACopy() {
		SharedKey key = new SharedKey(KEY.clone());
		Arrays.fill(key.getEncoded(), (byte) 0);
		assertThat(key.getEncoded()).isEqualTo(KEY);
		assertThat(key.getAlgorithm()).isEqualTo("AES");
		assertThat(key.getFormat()).isEqualTo("RAW");
	}

	@Test
	void destroyOverwritesTheBytes() {
		byte[] bytes = KEY.clone();
		SharedKey key = new SharedKey(bytes);
		assertThat(key.isDestroyed()).isFalse();
		key.destroy();
		assertThat(bytes).containsOnly(0);
		assertThat(key.isDestroyed()).isTrue();
		assertThatIllegalStateException().isThrownBy(key::getEncoded);
		key.destroy();
		assertThat(key.isDestroyed()).isTrue();
	}

	@Test
	void equalsIsWhetherTheBytesAreTheSame() {
		assertThat(new SharedKey(KEY.clone())).isEqualTo(new SharedKey(KEY.clone()))
			.isNotEqualTo(new SharedKey(new byte[32]));
	}

}
