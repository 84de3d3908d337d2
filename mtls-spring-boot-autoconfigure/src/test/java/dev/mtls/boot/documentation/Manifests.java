package dev.mtls.boot.documentation;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;

/**
 * The manifests of {@code docs/kubernetes}.
 */
final class Manifests {

	private static final Path DIRECTORY = Path.of("../docs/kubernetes");

	private final List<Map<?, ?>> objects = new ArrayList<>();

	Manifests() {
		try (Stream<Path> files = Files.list(DIRECTORY)) {
			for (Path file : files.filter((each) -> each.toString().endsWith(".yaml")).sorted().toList()) {
				this.objects.addAll(parse(Files.readString(file)));
			}
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/**
	 * Parse objects.
	 * @param yaml the objects, one document each, with no key twice
	 * @return the objects
	 */
	static List<Map<?, ?>> parse(String yaml) {
		LoaderOptions options = new LoaderOptions();
		options.setAllowDuplicateKeys(false);
		List<Map<?, ?>> parsed = new ArrayList<>();
		new Yaml(new SafeConstructor(options)).loadAll(yaml).forEach((object) -> parsed.add((Map<?, ?>) object));
		return parsed;
	}

	/**
	 * All objects.
	 * @return the objects
	 */
	List<Map<?, ?>> all() {
		return List.copyOf(this.objects);
	}

	/**
	 * The objects of a kind.
	 * @param kind the kind, such as {@code Deployment}
	 * @return the objects
	 */
	List<Map<?, ?>> ofKind(String kind) {
		List<Map<?, ?>> found = new ArrayList<>();
		this.objects.stream().filter((object) -> kind.equals(object.get("kind"))).forEach(found::add);
		return found;
	}

	/**
	 * Find values below an object, of lists those of each element.
	 * @param object the object
	 * @param path the keys that lead there; {@code *} for any
	 * @return the values, none where a key does not exist
	 */
	static List<Object> values(Object object, String... path) {
		List<Object> values = List.of(object);
		for (String key : path) {
			values = values.stream().flatMap(Manifests::elements).flatMap((value) -> step(value, key)).toList();
		}
		return values.stream().flatMap(Manifests::elements).toList();
	}

	/**
	 * Find values at any depth of an object, of lists those of each element.
	 * @param object the object
	 * @param path the keys that end there
	 * @return the values
	 */
	static List<Object> anywhere(Object object, String... path) {
		List<Object> values = new ArrayList<>();
		elements(object).forEach((value) -> {
			values.addAll(values(value, path));
			values(value, "*").stream()
				.filter(Map.class::isInstance)
				.forEach((child) -> values.addAll(anywhere(child, path)));
		});
		return values;
	}

	/**
	 * The containers of a deployment, those that start before the others too.
	 * @param deployment the deployment
	 * @return the containers
	 */
	static List<Object> containers(Object deployment) {
		return Stream.of("initContainers", "containers")
			.flatMap((kind) -> values(deployment, "spec", "template", "spec", kind).stream())
			.toList();
	}

	private static Stream<Object> elements(Object value) {
		return (value instanceof Collection<?> list) ? list.stream().map(Object.class::cast) : Stream.of(value);
	}

	private static Stream<Object> step(Object value, String key) {
		if (!(value instanceof Map<?, ?> map)) {
			return Stream.empty();
		}
		return key.equals("*") ? map.values().stream().map(Object.class::cast) : Stream.ofNullable(map.get(key));
	}

}
