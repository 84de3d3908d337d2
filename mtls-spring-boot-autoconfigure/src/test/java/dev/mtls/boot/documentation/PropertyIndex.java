package dev.mtls.boot.documentation;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import org.springframework.boot.convert.DurationStyle;
import org.springframework.boot.env.OriginTrackedMapPropertySource;
import org.springframework.boot.env.YamlPropertySourceLoader;
import org.springframework.core.env.PropertySource;
import org.springframework.core.io.ByteArrayResource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * The properties that there are: ours from {@code docs/configuration.md}, with what they
 * may be set to, and those of others from the metadata on the class path.
 */
final class PropertyIndex {

	private static final Path REFERENCE = Path.of("../docs/configuration.md");

	private static final Pattern ROW = Pattern.compile("(?m)^\\| `([^`]+)` \\| ([^|]*) \\|");

	private static final Pattern INDEX = Pattern.compile("\\[\\d+]");

	private final Map<Pattern, String> ours = new LinkedHashMap<>();

	private final Set<String> others = new HashSet<>();

	private final List<String> maps = new ArrayList<>();

	PropertyIndex() {
		try {
			addOurs(Files.readString(REFERENCE));
			for (URL metadata : Collections
				.list(getClass().getClassLoader().getResources("META-INF/spring-configuration-metadata.json"))) {
				addOthers(metadata);
			}
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/**
	 * Look at properties as YAML.
	 * @param yaml the properties
	 * @return which of them do not exist, or cannot be set to what they are
	 */
	List<String> problems(String yaml) throws IOException {
		return new YamlPropertySourceLoader()
			.load("snippet", new ByteArrayResource(yaml.getBytes(StandardCharsets.UTF_8)))
			.stream()
			.flatMap(this::problems)
			.toList();
	}

	private Stream<String> problems(PropertySource<?> source) {
		OriginTrackedMapPropertySource properties = (OriginTrackedMapPropertySource) source;
		return Stream.of(properties.getPropertyNames())
			.flatMap((key) -> problem(INDEX.matcher(key).replaceAll(""), String.valueOf(properties.getProperty(key))));
	}

	private Stream<String> problem(String name, String value) {
		if (!name.startsWith("mtls.")) {
			boolean known = this.others.contains(name)
					|| this.maps.stream().anyMatch((map) -> name.startsWith(map + "."));
			return known ? Stream.empty() : Stream.of(name + " is no property");
		}
		for (Map.Entry<Pattern, String> property : this.ours.entrySet()) {
			if (property.getKey().matcher(name).matches()) {
				return (value.contains("${") || isPossible(property.getValue(), value)) ? Stream.empty()
						: Stream.of("%s=%s".formatted(name, value));
			}
		}
		return Stream.of(name + " is no property");
	}

	private static boolean isPossible(String values, String value) {
		return switch (values) {
			case "text", "list" -> true;
			case "boolean" -> value.matches("true|false");
			case "number", "list of numbers" -> value.matches("[0-9.]+(, *[0-9]+)*");
			case "duration" -> isDuration(value);
			default -> values.contains("`%s`".formatted(value));
		};
	}

	private static boolean isDuration(String value) {
		try {
			DurationStyle.detectAndParse(value);
			return true;
		}
		catch (IllegalArgumentException ex) {
			return false;
		}
	}

	private void addOurs(String reference) {
		ROW.matcher(reference).results().forEach((row) -> {
			add(row.group(1), row.group(2));
			if (row.group(1).startsWith("mtls.server.")) {
				add(row.group(1).replaceFirst("server", "management"), row.group(2));
			}
			if (row.group(1).startsWith("mtls.client.")) {
				add(row.group(1).replaceFirst("client", "clients.<name>"), row.group(2));
			}
		});
	}

	private void add(String name, String values) {
		this.ours.put(Pattern.compile(name.replace(".", "\\.").replace("<name>", "(?:\\[[^]]+]|[^.]+)")), values);
	}

	private void addOthers(URL metadata) throws IOException {
		try (InputStream input = metadata.openStream()) {
			for (JsonNode property : JsonMapper.shared().readTree(input).get("properties")) {
				String name = property.get("name").asString();
				this.others.add(name);
				if (property.has("type") && property.get("type").asString().startsWith("java.util.Map")) {
					this.maps.add(name);
				}
			}
		}
	}

}
