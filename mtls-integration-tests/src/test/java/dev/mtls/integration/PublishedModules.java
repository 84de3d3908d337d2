package dev.mtls.integration;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * The modules that are published.
 */
final class PublishedModules {

	static final Path ROOT = Path.of("..").toAbsolutePath().normalize();

	private PublishedModules() {
	}

	/**
	 * Their names.
	 * @return the names, which are those of their directories and of their artifacts
	 */
	static List<String> names() {
		try (Stream<Path> files = Files.list(ROOT)) {
			return files.filter((file) -> isPublished(file.resolve("pom.xml")))
				.map((file) -> file.getFileName().toString())
				.sorted()
				.toList();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/**
	 * Where the build keeps the POM that is published.
	 * @param module the name of the module
	 * @return the file
	 */
	static Path pom(String module) {
		return ROOT.resolve(Path.of(module, "target", "flattened-pom.xml"));
	}

	/**
	 * Where the build keeps the jar that is published.
	 * @param module the name of the module
	 * @param version the version of the module
	 * @return the file, which is there after {@code package} unless the module is a BOM
	 */
	static Path jar(String module, String version) {
		return ROOT.resolve(Path.of(module, "target", "%s-%s.jar".formatted(module, version)));
	}

	private static boolean isPublished(Path pom) {
		try {
			return Files.exists(pom) && Files.readString(pom).contains("<maven.deploy.skip>false</maven.deploy.skip>");
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

}
