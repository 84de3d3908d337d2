package dev.mtls.integration;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.jar.JarOutputStream;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;

/**
 * The class path that an application gets from a few dependencies, as Maven would put it
 * together: made of what is on the class path of the tests, and nothing else of that.
 *
 * @param entries the jars and directories
 */
record ClassPath(List<Path> entries) {

	// Dependencies of which the parent of a POM says that they are for its tests
	private static final Set<String> OF_TESTS = Set.of("org.mockito:mockito-core");

	private static final List<PublishedArtifact> AVAILABLE = Arrays
		.stream(System.getProperty("java.class.path").split(File.pathSeparator))
		.map(Path::of)
		.flatMap(PublishedArtifact::find)
		.filter((artifact) -> !OF_TESTS.contains(artifact.name()))
		.toList();

	ClassPath {
		entries = List.copyOf(entries);
	}

	/**
	 * Of the dependencies and of whatever they depend on.
	 * @param dependencies as {@code group:artifact}
	 * @param exclusions what is left out wherever it is depended on, as
	 * {@code group:artifact}
	 * @return the class path
	 * @throws IllegalStateException if one of the dependencies is not on the class path
	 * of the tests
	 */
	static ClassPath of(List<String> dependencies, Set<String> exclusions) {
		Set<PublishedArtifact.Dependency> seen = new HashSet<>();
		Deque<PublishedArtifact.Dependency> remaining = new ArrayDeque<>();
		for (String name : dependencies) {
			if (artifacts(name).isEmpty()) {
				throw new IllegalStateException(name + " is not on the class path of the tests");
			}
			remaining.add(new PublishedArtifact.Dependency(name, exclusions));
		}
		while (!remaining.isEmpty()) {
			PublishedArtifact.Dependency dependency = remaining.remove();
			if (seen.add(dependency)) {
				artifacts(dependency.name()).stream()
					.limit(1)
					.flatMap((artifact) -> artifact.dependencies(dependency.exclusions()).stream())
					.forEach(remaining::add);
			}
		}
		Set<String> names = seen.stream().map(PublishedArtifact.Dependency::name).collect(Collectors.toSet());
		return new ClassPath(AVAILABLE.stream()
			.filter((artifact) -> names.contains(artifact.name()))
			.map(PublishedArtifact::file)
			.toList());
	}

	/**
	 * This with something before it.
	 * @param entry the jar or directory
	 * @return the class path
	 */
	ClassPath with(Path entry) {
		return new ClassPath(Stream.concat(Stream.of(entry), this.entries.stream()).toList());
	}

	/**
	 * The names of the artifacts on it, as {@code group:artifact}.
	 * @return the names
	 */
	List<String> names() {
		return AVAILABLE.stream()
			.filter((artifact) -> this.entries.contains(artifact.file()))
			.map(PublishedArtifact::name)
			.toList();
	}

	/**
	 * Copy it to where a WAR has its libraries.
	 * @param directory the directory
	 */
	void copyTo(Path directory) throws IOException {
		Files.createDirectories(directory);
		for (int i = 0; i < this.entries.size(); i++) {
			Path entry = this.entries.get(i);
			if (Files.isDirectory(entry)) {
				pack(entry, directory.resolve("module%d.jar".formatted(i)));
			}
			// A module without classes has none
			else if (Files.exists(entry)) {
				Files.copy(entry, directory.resolve(entry.getFileName()));
			}
		}
	}

	@Override
	public String toString() {
		return this.entries.stream().map(Path::toString).collect(Collectors.joining(File.pathSeparator));
	}

	private static List<PublishedArtifact> artifacts(String name) {
		return AVAILABLE.stream().filter((artifact) -> artifact.name().equals(name)).toList();
	}

	private static void pack(Path directory, Path jar) throws IOException {
		try (JarOutputStream output = new JarOutputStream(Files.newOutputStream(jar));
				Stream<Path> files = Files.walk(directory)) {
			files.filter(Files::isRegularFile).forEach((file) -> add(output, directory, file));
		}
	}

	private static void add(JarOutputStream output, Path directory, Path file) {
		try {
			output.putNextEntry(new ZipEntry(directory.relativize(file).toString().replace(File.separatorChar, '/')));
			Files.copy(file, output);
			output.closeEntry();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

}
