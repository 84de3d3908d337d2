package dev.mtls.integration;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

import org.springframework.util.FileSystemUtils;

/**
 * A local repository of Maven with the published modules, as {@code install} would put
 * them into the developer's, and with links to everything else that is in that one.
 */
final class LocalRepository {

	private static final Path GROUP = Path.of("dev", "mtls");

	private LocalRepository() {
	}

	/**
	 * Make it anew.
	 * @param repository where it is made
	 * @param developers the developer's local repository
	 * @param version the version of the modules
	 */
	static void create(Path repository, Path developers, String version) throws IOException {
		createEmpty(repository, developers);
		for (String module : PublishedModules.names()) {
			Path directory = directory(repository, module, version);
			String name = module + "-" + version;
			Path pom = PublishedModules.pom(module);
			Files.copy(pom, directory.resolve(name + ".pom"));
			if (!Files.readString(pom).contains("<packaging>pom</packaging>")) {
				Files.copy(PublishedModules.jar(module, version), directory.resolve(name + ".jar"));
			}
		}
	}

	/**
	 * Make it anew, without the modules.
	 * @param repository where it is made
	 * @param developers the developer's local repository
	 */
	static void createEmpty(Path repository, Path developers) throws IOException {
		// Links are deleted, and not what they lead to
		FileSystemUtils.deleteRecursively(repository);
		link(repository, developers, Path.of(""));
	}

	/**
	 * Put a jar of a module into it.
	 * @param repository where it is
	 * @param module the name of the module
	 * @param version the version to put it under
	 * @param jar the jar
	 */
	static void install(Path repository, String module, String version, Path jar) throws IOException {
		Files.copy(jar, directory(repository, module, version).resolve("%s-%s.jar".formatted(module, version)));
	}

	private static void link(Path repository, Path developers, Path directory) throws IOException {
		Files.createDirectories(repository.resolve(directory));
		try (Stream<Path> files = Files.list(developers.resolve(directory))) {
			for (Path file : files.map(developers::relativize).toList()) {
				if (!GROUP.startsWith(file)) {
					Files.createSymbolicLink(repository.resolve(file), developers.resolve(file));
				}
				else if (!GROUP.equals(file)) {
					link(repository, developers, file);
				}
			}
		}
	}

	private static Path directory(Path repository, String module, String version) throws IOException {
		return Files.createDirectories(repository.resolve(GROUP).resolve(Path.of(module, version)));
	}

}
