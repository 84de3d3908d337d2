package dev.mtls.source;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;

import dev.mtls.decision.MtlsException;
import dev.mtls.decision.Reason;

/**
 * One file.
 */
final class FileSource implements Source {

	private final String place;

	private final Path path;

	private final int limit;

	FileSource(String place, Path path, int limit) {
		this.place = place;
		this.path = path;
		this.limit = limit;
	}

	@Override
	public String place() {
		return this.place;
	}

	@Override
	public List<Document> read() {
		return List.of(read(this.place, this.path, this.limit));
	}

	@Override
	public String toString() {
		return this.place;
	}

	static Document read(String place, Path path, int limit) {
		try {
			FileState state = FileState.of(path);
			rejectWhatIsNoFile(place, state);
			// Not by the real path: a swap of links may just have removed that
			try (InputStream in = Files.newInputStream(path)) {
				return Document.read(place, in, limit, state);
			}
		}
		catch (IOException ex) {
			throw unreadable(place, path, ex);
		}
	}

	static MtlsException unreadable(String place, Path path, IOException ex) {
		if (ex instanceof NoSuchFileException) {
			String problem = path.isAbsolute() ? "There is no such file"
					: "There is no such file, seen from the working directory as " + path.toAbsolutePath();
			return new MtlsException(Reason.SOURCE_UNREADABLE, place, problem,
					"Create the file, or correct the location", ex);
		}
		if (ex instanceof AccessDeniedException) {
			return new MtlsException(Reason.SOURCE_UNREADABLE, place, "This process may not read it",
					"Give the user of this process the right to read the file and to enter its directories", ex);
		}
		return new MtlsException(Reason.SOURCE_UNREADABLE, place, "It cannot be read: " + ex.getMessage(),
				"Check the file and the file system", ex);
	}

	private static void rejectWhatIsNoFile(String place, FileState state) {
		switch (state.kind()) {
			case REGULAR_FILE -> {
			}
			case DIRECTORY -> throw new MtlsException(Reason.SOURCE_UNREADABLE, place,
					"It is a directory where a file must be", "Name a file in it");
			// A pipe could block the start for ever and cannot be read again
			case OTHER -> throw new MtlsException(Reason.SOURCE_UNREADABLE, place, "It is no regular file",
					"Write the content to a file");
		}
	}

}
