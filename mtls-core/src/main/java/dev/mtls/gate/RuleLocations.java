package dev.mtls.gate;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

import org.jspecify.annotations.Nullable;

import dev.mtls.decision.MtlsException;
import dev.mtls.decision.Reason;
import dev.mtls.source.Contents;
import dev.mtls.source.Document;
import dev.mtls.source.Source;

/**
 * The rules of one property: values, and files with one rule a line, in which {@code #}
 * begins a comment.
 *
 * @param property the name of the property
 * @param values the rules that stand in the property itself
 * @param files where further rules are
 */
record RuleLocations(String property, List<String> values, List<Source> files) {

	private static final String FILE = "file:";

	// A million IPv6 networks, and comments
	private static final int LIMIT = 128 * 1024 * 1024;

	static @Nullable RuleLocations of(String property, @Nullable List<String> entries) {
		if (entries == null) {
			return null;
		}
		List<String> values = new ArrayList<>();
		List<Source> files = new ArrayList<>();
		for (String entry : entries) {
			String text = entry.strip();
			if (text.startsWith(FILE)) {
				files.add(Source.of(property, text, LIMIT));
			}
			else {
				values.add(text);
			}
		}
		return new RuleLocations(property, values, files);
	}

	/**
	 * Hand on every rule in its order, values first.
	 * @param contents what was read of the files
	 * @param consumer takes a rule; what it throws is told with the rule's place
	 * @throws MtlsException if there is no rule at all
	 */
	void forEach(Contents contents, Consumer<String> consumer) {
		int count = 0;
		for (String value : this.values) {
			accept(consumer, value, this.property);
			count++;
		}
		for (Source file : this.files) {
			for (Document document : contents.of(file)) {
				count += forEachLine(document, consumer);
			}
		}
		if (count == 0) {
			throw new MtlsException(Reason.RULES_EMPTY, place(), "it is set but holds no rule",
					"add a rule, or remove the property to allow any");
		}
	}

	/**
	 * Collect every rule in its order, values first.
	 * @param contents what was read of the files
	 * @return the rules
	 * @throws MtlsException if there is no rule at all
	 */
	List<String> all(Contents contents) {
		List<String> all = new ArrayList<>();
		forEach(contents, all::add);
		return all;
	}

	// Line by line, because a file of a million rules should not stand in memory twice
	private static int forEachLine(Document document, Consumer<String> consumer) {
		byte[] content = document.content();
		int count = 0;
		int number = 1;
		for (int start = 0; start < content.length; number++) {
			int end = start;
			while (end < content.length && content[end] != '\n') {
				end++;
			}
			String rule = withoutComment(new String(content, start, end - start, StandardCharsets.UTF_8));
			if (!rule.isEmpty()) {
				accept(consumer, rule, document.place() + ", line " + number);
				count++;
			}
			start = end + 1;
		}
		return count;
	}

	private static String withoutComment(String line) {
		int comment = line.indexOf('#');
		return ((comment >= 0) ? line.substring(0, comment) : line).strip();
	}

	private static void accept(Consumer<String> consumer, String rule, String place) {
		try {
			consumer.accept(rule);
		}
		catch (MtlsException ex) {
			throw ex.at(place);
		}
	}

	private String place() {
		return this.files.isEmpty() ? this.property : this.files.get(0).place();
	}

}
