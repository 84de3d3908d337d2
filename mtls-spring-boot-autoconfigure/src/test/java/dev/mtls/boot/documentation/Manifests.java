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
		Yaml yaml = new Yaml(new SafeConstructor(new LoaderOptions()));
		try (Stream<Path> files = Files.list(DIRECTORY)) {
			for (Path file : files.filter((each) -> each.toString().endsWith(".yaml")).sorted().toList()) {
				yaml.loadAll(Files.readString(file)).forEach((object) -> this.objects.add((Map<?, ?>) object));
			}
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
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
