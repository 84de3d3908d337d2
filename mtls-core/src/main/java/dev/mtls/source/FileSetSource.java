package dev.mtls.source;

import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.PathMatcher;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.PatternSyntaxException;

import org.jspecify.annotations.Nullable;

import dev.mtls.decision.MtlsException;
import dev.mtls.decision.Reason;

/**
 * A file, the certificate files of a directory, or the files that a glob matches. Which
 * of the first two is seen at each read.
 */
final class FileSetSource implements Source {

	private static final Set<String> EXTENSIONS = Set.of(".pem", ".crt", ".cer", ".der");

	private final Location location;

	private final Path path;

	private final @Nullable PathMatcher glob;

	private final int limit;

	private final boolean optional;

	private FileSetSource(Location location, Path path, @Nullable PathMatcher glob, int limit, boolean optional) {
		this.location = location;
		this.path = path;
		this.glob = glob;
		this.limit = limit;
		this.optional = optional;
	}

	static FileSetSource of(Location location, int limit, boolean optional) {
		Path path = Path.of(location.value());
		Path parent = path.getParent();
		if (parent != null && isGlob(parent.toString())) {
			throw new MtlsException(Reason.CONFIGURATION_INVALID, location.place(),
					"Only the last segment of the path may hold * or ?", "List each directory on its own");
		}
		return new FileSetSource(location, path, globOf(location, path), limit, optional);
	}

	@Override
	public String place() {
		return this.location.place();
	}

	@Override
	public List<Document> read() {
		if (this.optional && isMissing()) {
			return List.of();
		}
		if (this.glob != null) {
			Path parent = this.path.getParent();
			return readAll(list((parent != null) ? parent : Path.of(""), this.glob), "No file matches the pattern");
		}
		if (Files.isDirectory(this.path)) {
			return readAll(list(this.path, FileSetSource::hasExtension),
					"The directory has no file whose name ends in .pem, .crt, .cer or .der");
		}
		return List.of(FileSource.read(place(), this.path, this.limit));
	}

	@Override
	public String toString() {
		return place();
	}

	private boolean isMissing() {
		// What may not be looked at is not missing, nor is a link whose target is gone
		Path start = this.path;
		if (this.glob != null) {
			Path parent = start.getParent();
			start = (parent != null) ? parent : Path.of("");
		}
		return Files.notExists(start, LinkOption.NOFOLLOW_LINKS);
	}

	private List<Document> readAll(List<Path> files, String problemIfNone) {
		if (files.isEmpty() && !this.optional) {
			throw new MtlsException(Reason.SOURCE_UNREADABLE, place(), problemIfNone,
					"Add a file, correct the location, or write optional: before it");
		}
		List<Document> documents = new ArrayList<>();
		try {
			for (Path file : files) {
				String place = this.location.property() + "=file:" + file;
				documents.add(FileSource.read(place, file, this.limit));
			}
		}
		catch (RuntimeException ex) {
			documents.forEach(Document::close);
			throw ex;
		}
		return List.copyOf(documents);
	}

	private List<Path> list(Path directory, PathMatcher names) {
		List<Path> files = new ArrayList<>();
		try (DirectoryStream<Path> entries = Files.newDirectoryStream(directory)) {
			for (Path entry : entries) {
				Path name = entry.getFileName();
				if (!name.toString().startsWith(".") && names.matches(name) && !Files.isDirectory(entry)) {
					files.add(entry);
				}
			}
		}
		catch (DirectoryIteratorException ex) {
			throw FileSource.unreadable(place(), directory, new IOException(ex.getMessage(), ex));
		}
		catch (IOException ex) {
			throw FileSource.unreadable(place(), directory, ex);
		}
		Collections.sort(files);
		return files;
	}

	private static boolean hasExtension(Path name) {
		String text = name.toString().toLowerCase(Locale.ROOT);
		return EXTENSIONS.stream().anyMatch(text::endsWith);
	}

	private static @Nullable PathMatcher globOf(Location location, Path path) {
		Path name = path.getFileName();
		if (name == null || !isGlob(name.toString())) {
			return null;
		}
		try {
			return FileSystems.getDefault().getPathMatcher("glob:" + name);
		}
		catch (PatternSyntaxException ex) {
			throw new MtlsException(Reason.CONFIGURATION_INVALID, location.place(),
					"The pattern is malformed: " + ex.getDescription(), "Use * and ? in the name of the file", ex);
		}
	}

	private static boolean isGlob(String path) {
		return path.contains("*") || path.contains("?");
	}

}
