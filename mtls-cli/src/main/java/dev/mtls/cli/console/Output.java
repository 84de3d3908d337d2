package dev.mtls.cli.console;

import java.io.PrintWriter;
import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.PrettyPrinter;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.core.util.DefaultPrettyPrinter;

import dev.mtls.decision.PrintableText;

/**
 * Writes what a command has found: for people, or as JSON for scripts. Values are texts,
 * numbers, booleans, {@code null}, and lists and maps of them.
 */
public final class Output {

	private Output() {
	}

	/**
	 * Write for people: a line for each value, its name before it.
	 * @param out where to
	 * @param values the values by their names
	 */
	public static void text(PrintWriter out, Map<String, ?> values) {
		int width = values.keySet().stream().mapToInt(String::length).max().orElse(0) + 2;
		values.forEach((name, value) -> {
			if (value instanceof List<?> list) {
				String label = name;
				for (Object element : list) {
					line(out, width, label, element);
					label = "";
				}
			}
			else if (value != null) {
				line(out, width, name, value);
			}
		});
	}

	/**
	 * Write as JSON (RFC 8259), and a line end.
	 * @param out where to
	 * @param value the value
	 */
	public static void json(PrintWriter out, @Nullable Object value) {
		try (JsonGenerator generator = new JsonFactory().createGenerator(new Pretty(), out)) {
			write(generator, value);
		}
		out.println();
	}

	private static void line(PrintWriter out, int width, String label, Object value) {
		out.printf("%-" + width + "s%s%n", label, PrintableText.of(value.toString()));
	}

	private static void write(JsonGenerator generator, @Nullable Object value) {
		if (value == null) {
			generator.writeNull();
		}
		else if (value instanceof Map<?, ?> map) {
			generator.writeStartObject();
			map.forEach((name, element) -> {
				generator.writeName(name.toString());
				write(generator, element);
			});
			generator.writeEndObject();
		}
		else if (value instanceof List<?> list) {
			generator.writeStartArray();
			list.forEach((element) -> write(generator, element));
			generator.writeEndArray();
		}
		else if (value instanceof Boolean flag) {
			generator.writeBoolean(flag);
		}
		else if (value instanceof Number number) {
			generator.writeNumber(number.longValue());
		}
		else {
			generator.writeString(value.toString());
		}
	}

	/**
	 * Leaves the writer open, and breaks lines.
	 */
	private static final class Pretty extends ObjectWriteContext.Base {

		@Override
		public PrettyPrinter getPrettyPrinter() {
			return new DefaultPrettyPrinter();
		}

		@Override
		public boolean hasPrettyPrinter() {
			return true;
		}

	}

}
