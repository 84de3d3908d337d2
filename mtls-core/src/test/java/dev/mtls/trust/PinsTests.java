package dev.mtls.trust;

import java.util.List;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import dev.mtls.decision.MtlsException;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for {@link Pins}.
 */
class PinsTests {

	private static final String DIGEST = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

	@ParameterizedTest
	@ValueSource(strings = { "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=", DIGEST,
			"E3B0C44298FC1C149AFBF4C8996FB92427AE41E4649B934CA495991B7852B855",
			"e3:b0:c4:42:98:fc:1c:14:9a:fb:f4:c8:99:6f:b9:24:27:ae:41:e4:64:9b:93:4c:a4:95:99:1b:78:52:b8:55" })
	void parseWhenDigestOfKeyIsBase64OrHexadecimalReturnsTheSame(String digest) {
		assertThat(Pins.parse(List.of("spki-sha256:" + digest)).keyDigests()).containsExactly(DIGEST);
	}

	@ParameterizedTest
	@ValueSource(strings = { "spki-sha256:", "spki-sha256:e3b0", "spki-sha256:e3b0c4:4298fc", "spki-sha256:no digest",
			"spki-sha256:" + DIGEST + "00", "cert-sha256:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=", DIGEST })
	void parseWhenPinIsNoDigestThrowsException(String pin) {
		assertThatExceptionOfType(MtlsException.class).isThrownBy(() -> Pins.parse(List.of(pin)))
			.withMessageContaining(pin);
	}

}
