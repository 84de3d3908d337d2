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
		// Links are deleted, and not what they lead to
		FileSystemUtils.deleteRecursively(repository);
		link(repository, developers, Path.of(""));
		for (String module : PublishedModules.names()) {
			install(module, version, repository.resolve(GROUP).resolve(Path.of(module, version)));
		}
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

	private static void install(String module, String version, Path directory) throws IOException {
		Files.createDirectories(directory);
		String name = module + "-" + version;
		Path pom = PublishedModules.pom(module);
		Files.copy(pom, directory.resolve(name + ".pom"));
		if (!Files.readString(pom).contains("<packaging>pom</packaging>")) {
			Files.copy(PublishedModules.jar(module, version), directory.resolve(name + ".jar"));
		}
	}

}
