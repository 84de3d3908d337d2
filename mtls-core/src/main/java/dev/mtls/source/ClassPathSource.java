package dev.mtls.source;

import java.io.IOException;
import java.io.InputStream;
import java.net.URISyntaxException;
import java.net.URL;
import java.net.URLConnection;
import java.nio.file.Path;
import java.util.List;

import dev.mtls.decision.MtlsException;
import dev.mtls.decision.Reason;

/**
 * One resource of the class path.
 */
final class ClassPathSource implements Source {

	private final String place;

	private final String name;

	private final int limit;

	private final boolean optional;

	/**
	 * Kept from the start, because the thread that reads the source again may have
	 * another context class loader.
	 */
	private final ClassLoader classLoader;

	ClassPathSource(String place, String name, int limit) {
		this(place, name, limit, false, contextClassLoader());
	}

	private ClassPathSource(String place, String name, int limit, boolean optional, ClassLoader classLoader) {
		this.place = place;
		this.name = name;
		this.limit = limit;
		this.optional = optional;
		this.classLoader = classLoader;
	}

	ClassPathSource optional() {
		return new ClassPathSource(this.place, this.name, this.limit, true, this.classLoader);
	}

	@Override
	public String place() {
		return this.place;
	}

	@Override
	public List<Document> read() {
		URL url = this.classLoader.getResource(this.name);
		if (url != null) {
			return List.of(read(url));
		}
		if (this.optional) {
			return List.of();
		}
		throw new MtlsException(Reason.SOURCE_UNREADABLE, this.place, "The class path has no such resource",
				"Add the resource, or correct the location");
	}

	@Override
	public String toString() {
		return this.place;
	}

	private Document read(URL url) {
		try {
			if ("file".equals(url.getProtocol())) {
				// As a file, because the stream of a directory is the list of its names
				return FileSource.read(this.place, Path.of(url.toURI()), this.limit);
			}
			URLConnection connection = url.openConnection();
			connection.setUseCaches(false);
			try (InputStream in = connection.getInputStream()) {
				return Document.read(this.place, in, this.limit, null);
			}
		}
		catch (IOException | URISyntaxException ex) {
			throw new MtlsException(Reason.SOURCE_UNREADABLE, this.place,
					"The resource cannot be read: " + ex.getMessage(), "Check the archive that holds it", ex);
		}
	}

	private static ClassLoader contextClassLoader() {
		ClassLoader classLoader = Thread.currentThread().getContextClassLoader();
		return (classLoader != null) ? classLoader : ClassLoader.getSystemClassLoader();
	}

}
