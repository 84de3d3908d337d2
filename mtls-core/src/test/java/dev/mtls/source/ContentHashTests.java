package dev.mtls.source;

import java.nio.charset.StandardCharsets;
import java.util.List;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * Tests for {@link ContentHash}.
 */
class ContentHashTests {

	@Test
	void ofWhenBytesMoveBetweenFieldsThenChanges() {
		List<Document> documents = List.of(document("ab", "cd"));
		List<List<List<Document>>> contents = List.of(List.of(documents), List.of(List.of(document("abc", "d"))),
				List.of(List.of(document("a", "bcd"))), List.of(List.of(document("ab", ""), document("cd", ""))),
				List.of(List.of(document("ab", "")), List.of(document("cd", ""))), List.of(List.of(), documents),
				List.of(documents, List.of()), List.of(List.of()), List.of());
		assertThat(contents.stream().map(ContentHash::of)).doesNotHaveDuplicates();
	}

	@Test
	void ofWhenEqualThenEqual() {
		assertThat(hash(document("ab", "cd"))).isEqualTo(hash(document("ab", "cd")));
	}

	@Test
	void ofWhenPlaceChangesThenChanges() {
		assertThat(hash(document("a", "x"))).isNotEqualTo(hash(document("b", "x")));
	}

	@Test
	void createWhenNoHashThenThrows() {
		assertThatIllegalArgumentException().isThrownBy(() -> new ContentHash("abc"));
	}

	private static ContentHash hash(Document document) {
		return ContentHash.of(List.of(List.of(document)));
	}

	private static Document document(String place, String content) {
		return Document.of(place, content.getBytes(StandardCharsets.UTF_8));
	}

}
