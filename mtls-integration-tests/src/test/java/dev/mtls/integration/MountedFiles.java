package dev.mtls.integration;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Files that change all at once, as Kubernetes mounts and changes a ConfigMap or Secret:
 * each is a symbolic link through {@code ..data}, which is itself a symbolic link to a
 * directory and is swapped for another.
 */
final class MountedFiles {

	private final Path directory;

	private final Map<String, String> contents = new LinkedHashMap<>();

	private int version;

	MountedFiles(Path directory) {
		this.directory = directory;
	}

	/**
	 * The path of a file.
	 * @param name its name
	 * @return a link that never changes
	 */
	Path path(String name) {
		return this.directory.resolve(name);
	}

	/**
	 * Change the content of files, and leave the others as they are.
	 * @param changes contents by the names of the files
	 */
	void swap(Map<String, String> changes) {
		this.contents.putAll(changes);
		this.version++;
		try {
			Path next = Files.createDirectory(this.directory.resolve("..version-" + this.version));
			for (Map.Entry<String, String> file : this.contents.entrySet()) {
				Files.setPosixFilePermissions(Files.writeString(next.resolve(file.getKey()), file.getValue()),
						PosixFilePermissions.fromString("rw-------"));
			}
			Path data = Files.createSymbolicLink(this.directory.resolve("..data_tmp"), next.getFileName());
			Files.move(data, this.directory.resolve("..data"), StandardCopyOption.ATOMIC_MOVE);
			for (String name : this.contents.keySet()) {
				if (!Files.isSymbolicLink(path(name))) {
					Files.createSymbolicLink(path(name), Path.of("..data", name));
				}
			}
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

}
