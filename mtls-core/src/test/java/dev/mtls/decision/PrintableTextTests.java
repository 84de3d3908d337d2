package dev.mtls.decision;

import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link PrintableText}.
 */
class PrintableTextTests {

	@ParameterizedTest
	@ValueSource(strings = { "", "api.example.com", "CN=alice,O=Example \"quoted\" <a@b>", "Grüße", "日本語",
			"~!@#$%^&*()_+{}|:?[]';/.,`" })
	void ofWhenPlainReturnsSameText(String text) {
		assertThat(PrintableText.of(text)).isSameAs(text);
	}

	@ParameterizedTest
	@MethodSource
	void ofWhenNotPlainIsEscaped(String text, String printable) {
		assertThat(PrintableText.of(text)).isEqualTo(printable);
	}

	static Stream<Arguments> ofWhenNotPlainIsEscaped() {
		return Stream.of(
				// Control characters, of which the first and the last
				Arguments.of("a\0b", "a\\u0000b"), Arguments.of("a\tb", "a\\u0009b"), Arguments.of("\u001f", "\\u001f"),
				Arguments.of("\u007f", "\\u007f"), Arguments.of("\u0080", "\\u0080"), Arguments.of("\u009f", "\\u009f"),
				// A second line in a log
				Arguments.of("alice\r\n2026 INFO root got in", "alice\\u000d\\u000a2026 INFO root got in"),
				Arguments.of("a\u0085b", "a\\u0085b"), Arguments.of("a\u2028b\u2029c", "a\\u2028b\\u2029c"),
				// Colours, and the eight-bit form of the same
				Arguments.of("\u001b[31mred\u001b[0m", "\\u001b[31mred\\u001b[0m"),
				Arguments.of("\u009b2J", "\\u009b2J"),
				// Text that reads in another direction than it stands in
				Arguments.of("\u202egpj.exe", "\\u202egpj.exe"), Arguments.of("a\u2066b\u2069", "a\\u2066b\\u2069"),
				Arguments.of("\u200f\u200e\u061c", "\\u200f\\u200e\\u061c"),
				// What nobody sees
				Arguments.of("a\u200bb", "a\\u200bb"), Arguments.of("\ufeffa", "\\ufeffa"),
				Arguments.of("a\u00adb", "a\\u00adb"), Arguments.of("\ue000", "\\ue000"),
				Arguments.of("\uffff", "\\uffff"),
				// Halves of a pair, alone and together
				Arguments.of("\ud83d", "\\ud83d"), Arguments.of("\udd12", "\\udd12"),
				Arguments.of("\ud83d\udd12", "\\ud83d\\udd12"),
				// A text that says it was escaped
				Arguments.of("C:\\tls", "C:\\\\tls"), Arguments.of("a\\u000ab", "a\\\\u000ab"));
	}

	@Test
	void ofWhenTextsDifferReturnsTextsThatDiffer() {
		assertThat(PrintableText.of("a\nb")).isNotEqualTo(PrintableText.of("a\\u000ab"));
	}

	@Test
	void ofWhenAsLongAsAllowedReturnsAll() {
		String text = "a".repeat(PrintableText.MAX_LENGTH);
		assertThat(PrintableText.of(text)).isEqualTo(text);
	}

	@Test
	void ofWhenLongerThanAllowedIsShortened() {
		String text = "a".repeat(PrintableText.MAX_LENGTH + 1);
		assertThat(PrintableText.of(text)).isEqualTo("a".repeat(PrintableText.MAX_LENGTH - 1) + "…");
	}

	@Test
	void ofWhenEscapesAreLongerThanAllowedIsShortenedBetweenEscapes() {
		assertThat(PrintableText.of("\n".repeat(PrintableText.MAX_LENGTH)))
			.hasSizeLessThanOrEqualTo(PrintableText.MAX_LENGTH)
			.matches("(\\\\u000a)+…");
	}

	@Test
	void ofWhenLengthIsGivenIsShortenedToIt() {
		assertThat(PrintableText.of("abcdef", 6)).isEqualTo("abcdef");
		assertThat(PrintableText.of("abcdefg", 6)).isEqualTo("abcde…");
		assertThat(PrintableText.of("abcde\n", 6)).isEqualTo("abcde…");
	}

}
