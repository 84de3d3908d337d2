package dev.mtls.source;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermission;
import java.util.Set;

import org.jspecify.annotations.Nullable;

/**
 * What the file system says about a file, after all symbolic links.
 *
 * @param path the path by which the file is known
 * @param realPath the path of the file itself
 * @param key what tells it from a file that takes its name, where the system has that
 * @param lastModified when its content was changed
 * @param size its size in bytes
 * @param kind what it is
 * @param readableByOthers whether its group or everyone may read it
 */
record FileState(Path path, Path realPath, @Nullable Object key, FileTime lastModified, long size, Kind kind,
		boolean readableByOthers) {

	static FileState of(Path path) throws IOException {
		Path realPath = path.toRealPath();
		BasicFileAttributes attributes = Files.readAttributes(realPath, BasicFileAttributes.class);
		return new FileState(path, realPath, attributes.fileKey(), attributes.lastModifiedTime(), attributes.size(),
				Kind.of(attributes), isReadableByOthers(realPath));
	}

	boolean isCurrent() {
		try {
			return of(this.path).equals(this);
		}
		catch (IOException ex) {
			return false;
		}
	}

	private static boolean isReadableByOthers(Path realPath) throws IOException {
		PosixFileAttributeView view = Files.getFileAttributeView(realPath, PosixFileAttributeView.class);
		if (view == null) {
			return false;
		}
		Set<PosixFilePermission> permissions = view.readAttributes().permissions();
		return permissions.contains(PosixFilePermission.GROUP_READ)
				|| permissions.contains(PosixFilePermission.OTHERS_READ);
	}

	/**
	 * What can stand under a path.
	 */
	enum Kind {

		REGULAR_FILE, DIRECTORY, OTHER;

		static Kind of(BasicFileAttributes attributes) {
			if (attributes.isRegularFile()) {
				return REGULAR_FILE;
			}
			return attributes.isDirectory() ? DIRECTORY : OTHER;
		}

	}

}
