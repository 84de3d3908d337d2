package dev.mtls.boot.autoconfigure;

import java.io.IOException;
import java.lang.reflect.Parameter;
import java.lang.reflect.RecordComponent;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.bind.DataObjectPropertyName;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.ClassUtils;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * The page of all properties, as it follows from the metadata that editors read. Of those
 * that have a name in them, which no metadata describes, it follows from their types.
 */
final class ConfigurationReference {

	// On the class path that of the tests comes first
	private static final Path METADATA = Path.of("target/classes/META-INF/spring-configuration-metadata.json");

	private static final Path SOURCES = Path.of("src/main/java");

	private static final Pattern MAP = Pattern.compile("java\\.util\\.Map<java\\.lang\\.String,(.+)>");

	// Their keys stand on the page once
	private static final Set<Class<?>> PAGED = Set.of(MtlsServerProperties.class, MtlsClientProperties.class);

	private static final Map<String, String> HEADINGS = new LinkedHashMap<>();
	static {
		HEADINGS.put("mtls.server", "Servers");
		HEADINGS.put("mtls.management", "Management ports");
		HEADINGS.put("mtls.client", "Clients");
		HEADINGS.put("mtls.clients", "Further clients");
		HEADINGS.put("mtls.tcp.servers", "TCP servers");
		HEADINGS.put("mtls.tcp.clients", "TCP clients");
		HEADINGS.put("mtls.tunnels", "Tunnels");
		HEADINGS.put("mtls", "The whole application");
		HEADINGS.put("management.endpoint", "Endpoints");
	}

	private static final Map<String, String> TYPES = Map.of("java.lang.String", "text", "java.lang.Boolean", "boolean",
			"java.lang.Integer", "number", "java.lang.Long", "number", "java.lang.Double", "number",
			"java.time.Duration", "duration", "java.util.List<java.lang.String>", "list",
			"java.util.Set<java.lang.String>", "list", "java.util.Set<java.lang.Integer>", "list of numbers");

	private final Map<String, List<Property>> sections = new LinkedHashMap<>();

	ConfigurationReference() throws IOException {
		HEADINGS.keySet().forEach((prefix) -> this.sections.put(prefix, new ArrayList<>()));
		JsonNode metadata = JsonMapper.shared().readTree(Files.readString(METADATA));
		for (JsonNode group : metadata.get("groups")) {
			// Of the others each property is there
			if (group.has("description")) {
				add(group);
			}
		}
		for (JsonNode property : metadata.get("properties")) {
			add(property);
		}
		this.sections.values().forEach((properties) -> properties.sort(Comparator.comparing(Property::name)));
	}

	/**
	 * Write the page.
	 * @return its Markdown
	 */
	String toMarkdown() {
		StringBuilder page = new StringBuilder(
				"""
						# Configuration

						All properties, from the metadata that editors complete them by. This page is generated: whoever changes a property runs [the test that compares both](../CONTRIBUTING.md).

						A duration is a number with its unit, such as `500ms`, `10s` or `12h`; a list has its elements on lines of their own, or with commas between them. Locations are those of Spring: `file:…`, `classpath:…`, `https://…` where a page says so, and `base64:…`. A key that does not exist fails the start.
						""");
		this.sections.forEach((prefix, properties) -> {
			page.append("\n## %s%n%n| property | value | default | meaning |%n|---|---|---|---|%n"
				.formatted(HEADINGS.get(prefix)));
			properties.forEach((property) -> page.append(property.toRow()));
		});
		return page.toString().replace(System.lineSeparator(), "\n");
	}

	private void add(JsonNode property) throws IOException {
		String name = property.get("name").asString();
		String type = property.get("type").asString();
		List<Property> section = section(name);
		Matcher map = MAP.matcher(type);
		String place = map.matches() ? name + ".<name>" : name;
		Class<?> keys = load(map.matches() ? map.group(1) : type);
		if (PAGED.contains(keys)) {
			section.add(new Property(place + ".*", "", "", property.get("description").asString()));
		}
		else if (keys.isRecord()) {
			addComponents(section, place, keys);
		}
		else {
			section.add(new Property(place, valueOf(type), defaultOf(property.get("defaultValue")),
					property.get("description").asString()));
		}
	}

	private void addComponents(List<Property> section, String prefix, Class<?> type) throws IOException {
		Parameter[] parameters = type.getDeclaredConstructors()[0].getParameters();
		RecordComponent[] components = type.getRecordComponents();
		for (int i = 0; i < components.length; i++) {
			String name = "%s.%s".formatted(prefix, DataObjectPropertyName.toDashedForm(components[i].getName()));
			Class<?> componentType = components[i].getType();
			if (componentType.isRecord()) {
				addComponents(section, name, componentType);
				continue;
			}
			DefaultValue value = parameters[i].getAnnotation(DefaultValue.class);
			section.add(new Property(name,
					valueOf(ClassUtils.resolvePrimitiveIfNecessary(componentType),
							components[i].getGenericType().getTypeName()),
					(value != null) ? String.join(", ", value.value()) : "",
					description(type, components[i].getName())));
		}
	}

	private List<Property> section(String name) {
		return this.sections.entrySet()
			.stream()
			.filter((section) -> name.equals(section.getKey()) || name.startsWith(section.getKey() + "."))
			.max(Map.Entry.comparingByKey(Comparator.comparingInt(String::length)))
			.orElseThrow(() -> new IllegalStateException("%s belongs to no section".formatted(name)))
			.getValue();
	}

	private static String valueOf(String type) {
		String known = TYPES.get(type);
		return (known != null) ? known : valueOf(load(type), type);
	}

	private static String valueOf(Class<?> type, String typeName) {
		if (type.isEnum()) {
			return Arrays.stream(type.getEnumConstants())
				.map((constant) -> "`%s`".formatted(dashed(((Enum<?>) constant).name())))
				.collect(Collectors.joining(", "));
		}
		String known = TYPES.getOrDefault(typeName, TYPES.get(type.getName()));
		return Objects.requireNonNull(known, () -> "%s has no name on the page".formatted(typeName));
	}

	private static String defaultOf(@Nullable JsonNode value) {
		if (value == null) {
			return "";
		}
		return value.isArray() ? value.valueStream().map(JsonNode::asString).collect(Collectors.joining(", "))
				: value.asString();
	}

	private static String dashed(String constant) {
		return constant.toLowerCase(Locale.ROOT).replace('_', '-');
	}

	// As the processor of the metadata takes it: from the record's Javadoc
	private static String description(Class<?> type, String component) throws IOException {
		Class<?> outermost = (type.getEnclosingClass() != null) ? type.getEnclosingClass() : type;
		String source = Files.readString(SOURCES.resolve(outermost.getName().replace('.', '/') + ".java"));
		String documentation = source.substring(0, source.indexOf("record %s(".formatted(type.getSimpleName())));
		documentation = documentation.substring(documentation.lastIndexOf("/**"));
		Matcher matcher = Pattern.compile("@param %s ([^@]*?)\\s*\\*?\\s*(?:\\* @|\\*/)".formatted(component))
			.matcher(documentation);
		if (!matcher.find()) {
			throw new IllegalStateException("%s.%s has no description".formatted(type.getName(), component));
		}
		return matcher.group(1).replaceAll("\\s*\\R\\s*\\* ?", " ").trim();
	}

	private static Class<?> load(String type) {
		return ClassUtils.resolveClassName(type.replaceFirst("<.*", ""), null);
	}

	/**
	 * A property.
	 *
	 * @param name its name
	 * @param value what it may be set to
	 * @param defaultValue what it is if it is not set
	 * @param description what it means
	 */
	private record Property(String name, String value, String defaultValue, String description) {

		String toRow() {
			String defaultCell = this.defaultValue.isEmpty() ? ""
					: "`%s`".formatted(this.value.contains("`") ? dashed(this.defaultValue) : this.defaultValue);
			return "| `%s` | %s | %s | %s |%n".formatted(this.name, this.value, defaultCell,
					this.description.replace("|", "\\|"));
		}

	}

}
