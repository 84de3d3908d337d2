package dev.mtls.cli.doctor;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import picocli.CommandLine;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.json.JsonFactory;

import dev.mtls.cli.CommandProcess;

/**
 * A run of the command.
 *
 * @param status the exit status
 * @param out what it printed
 * @param err what it printed to the standard error
 */
record CommandRun(int status, String out, String err) {

	/**
	 * Run {@code mtls doctor}, as a process of its own once its jar is made.
	 * @param arguments its arguments
	 * @return what it ended with and wrote
	 */
	static CommandRun of(String... arguments) {
		if (System.getProperty("mtls.jar") == null) {
			return of(new DoctorCommand(InstantSource.system()), arguments);
		}
		String[] all = new String[arguments.length + 1];
		all[0] = "doctor";
		System.arraycopy(arguments, 0, all, 1, arguments.length);
		CommandProcess.Result result = new CommandProcess(Path.of(".")).mtls(all);
		return new CommandRun(result.status(), result.out(), result.err());
	}

	static CommandRun of(DoctorCommand command, String... arguments) {
		StringWriter out = new StringWriter();
		StringWriter err = new StringWriter();
		int status = new CommandLine(command).setOut(new PrintWriter(out))
			.setErr(new PrintWriter(err))
			.execute(arguments);
		return new CommandRun(status, out.toString(), err.toString());
	}

	/**
	 * The JSON that was printed.
	 * @return the root object
	 */
	Map<?, ?> json() {
		try (JsonParser parser = new JsonFactory().createParser(ObjectReadContext.empty(), this.out)) {
			parser.nextToken();
			Map<?, ?> root = (Map<?, ?>) read(parser);
			if (parser.nextToken() != null) {
				throw new IllegalStateException("More than one value: " + this.out);
			}
			return root;
		}
	}

	/**
	 * The steps of the JSON.
	 * @return each step by its name, in order
	 */
	Map<String, Map<?, ?>> steps() {
		Map<String, Map<?, ?>> steps = new LinkedHashMap<>();
		for (Object step : (List<?>) member(json(), "steps")) {
			Map<?, ?> members = (Map<?, ?>) step;
			steps.put((String) member(members, "step"), members);
		}
		return steps;
	}

	/**
	 * The status of each step.
	 * @return such as {@code resolve=ok}
	 */
	List<String> statuses() {
		return steps().entrySet()
			.stream()
			.map((step) -> "%s=%s".formatted(step.getKey(), step.getValue().get("status")))
			.toList();
	}

	/**
	 * The problems of the JSON.
	 * @return the code of each, in order
	 */
	List<String> problems() {
		return steps().values()
			.stream()
			.flatMap((step) -> ((List<?>) member(step, "problems")).stream())
			.map((problem) -> (String) member((Map<?, ?>) problem, "problem"))
			.toList();
	}

	/**
	 * A fact of a step.
	 * @param step the step
	 * @param name the name of the fact
	 * @return the fact
	 */
	Object fact(String step, String name) {
		return member((Map<?, ?>) member((Map<?, ?>) member(steps(), step), "facts"), name);
	}

	private static Object member(Map<?, ?> map, String name) {
		Object value = map.get(name);
		if (value == null) {
			throw new IllegalStateException("No %s in %s".formatted(name, map));
		}
		return value;
	}

	private static Object read(JsonParser parser) {
		JsonToken token = parser.currentToken();
		return switch (token) {
			case START_OBJECT -> {
				Map<String, Object> members = new LinkedHashMap<>();
				while (parser.nextToken() != JsonToken.END_OBJECT) {
					String name = parser.currentName();
					parser.nextToken();
					members.put(name, read(parser));
				}
				yield members;
			}
			case START_ARRAY -> {
				List<Object> elements = new ArrayList<>();
				while (parser.nextToken() != JsonToken.END_ARRAY) {
					elements.add(read(parser));
				}
				yield elements;
			}
			case VALUE_TRUE -> true;
			case VALUE_FALSE -> false;
			case VALUE_NUMBER_INT -> parser.getLongValue();
			case VALUE_STRING -> parser.getString();
			default -> throw new IllegalStateException("Unexpected " + token);
		};
	}

}
