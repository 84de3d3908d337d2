package dev.mtls.decision;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@code docs/troubleshooting.md}: that there is a section for each
 * {@link Reason}, where {@link Reason#help()} says it is.
 */
class TroubleshootingTests {

	private static final Path ROOT = Path.of("..");

	private static final String DOCUMENT = "docs/troubleshooting.md";

	private static final Pattern HEADING = Pattern.compile("(?m)^#{1,6} (.+)$");

	private static final Pattern REASON_HEADING = Pattern.compile("(?m)^### (.+)$");

	private static final Pattern LINK = Pattern.compile("]\\(([^)\\s]+)\\)");

	@Test
	void documentHasOneSectionForEachReasonInTheirOrder() throws IOException {
		assertThat(find(REASON_HEADING, read(DOCUMENT)))
			.containsExactlyElementsOf(Arrays.stream(Reason.values()).map(Reason::code).toList());
	}

	@ParameterizedTest
	@EnumSource
	void sectionSaysTheNumberAndAllThreeParts(Reason reason) throws IOException {
		String section = section(reason);
		assertThat(section).startsWith("`%s (%d)`: ".formatted(reason.code(), reason.number()));
		List<String> parts = List.of("**Server's log**", "**What the client sees**", "**How to fix**");
		assertThat(Pattern.compile("(?m)^\\*\\*.+\\*\\*$").matcher(section).results().map(MatchResult::group))
			.containsExactlyElementsOf(parts);
		assertThat(section.split("(?m)^\\*\\*.+\\*\\*$", -1)).hasSize(parts.size() + 1)
			.allSatisfy((part) -> assertThat(part.strip()).hasSizeGreaterThan(10));
	}

	@ParameterizedTest
	@EnumSource
	void sectionStandsBelowItsCategory(Reason reason) throws IOException {
		String before = read(DOCUMENT).split("(?m)^### %s$".formatted(reason.code()), -1)[0];
		List<String> categories = find(Pattern.compile("(?m)^## (\\dxx): .+$"), before);
		assertThat(categories).isNotEmpty();
		assertThat(categories.get(categories.size() - 1)).isEqualTo(reason.category().number() + "xx");
	}

	@ParameterizedTest
	@EnumSource
	void helpIsAnAnchorOfTheDocument(Reason reason) throws IOException {
		assertThat(reason.help()).startsWith(DOCUMENT + "#");
		assertThat(anchors(ROOT.resolve(DOCUMENT))).contains(reason.help().substring(DOCUMENT.length() + 1));
	}

	@ParameterizedTest
	@ValueSource(strings = { DOCUMENT, "README.md" })
	void linksLeadSomewhere(String document) throws IOException {
		Path file = ROOT.resolve(document);
		for (String link : find(LINK, read(document))) {
			if (link.matches("https?:.*")) {
				continue;
			}
			String[] parts = link.split("#", 2);
			Path target = parts[0].isEmpty() ? file : file.resolveSibling(parts[0]);
			assertThat(target).as(link).exists();
			if (parts.length == 2) {
				assertThat(anchors(target)).as(link).contains(parts[1]);
			}
		}
	}

	@Test
	void readmeLinksToTheDocument() throws IOException {
		assertThat(find(LINK, read("README.md"))).contains(DOCUMENT);
	}

	private static String section(Reason reason) throws IOException {
		String after = read(DOCUMENT).split("(?m)^### %s$".formatted(reason.code()), -1)[1];
		return after.split("(?m)^##", 2)[0].strip();
	}

	// What GitHub makes of headings; of several that are the same, it numbers all but the
	// first
	private static List<String> anchors(Path file) throws IOException {
		return find(HEADING, Files.readString(file)).stream()
			.map((heading) -> heading.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9 _-]", "").replace(' ', '-'))
			.toList();
	}

	private static List<String> find(Pattern pattern, String text) {
		List<String> found = new ArrayList<>();
		pattern.matcher(text).results().forEach((result) -> found.add(result.group(1)));
		return found;
	}

	private static String read(String document) throws IOException {
		return Files.readString(ROOT.resolve(document));
	}

}
