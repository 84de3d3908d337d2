package dev.mtls.source;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;

import dev.mtls.decision.MtlsException;
import dev.mtls.decision.Reason;

/**
 * What a number of sources hold at one moment, so that a key, its certificate and the
 * trust beside them are never of different ages. Closing it overwrites all of it.
 */
public final class Contents implements AutoCloseable {

	private static final int ATTEMPTS = 3;

	private final Map<Source, List<Document>> documents;

	private final ContentHash hash;

	private Contents(Map<Source, List<Document>> documents) {
		this.documents = documents;
		this.hash = ContentHash.of(documents.values());
	}

	/**
	 * Read all sources. When a file changes before the last one is read, all are read
	 * again, up to {@value #ATTEMPTS} times.
	 * @param sources the sources; their order counts for the hash
	 * @return the contents, which the caller closes
	 * @throws MtlsException when a source cannot be read; what was read until then is
	 * overwritten
	 */
	public static Contents read(Collection<? extends Source> sources) {
		for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
			Map<Source, List<Document>> documents = readOnce(sources);
			if (documents.values().stream().flatMap(List::stream).allMatch(Document::isCurrent)) {
				return new Contents(documents);
			}
			close(documents);
		}
		throw new MtlsException(Reason.SOURCE_UNREADABLE,
				String.join(", ", sources.stream().map(Source::place).toList()), "The files change while they are read",
				"Write each to a new file and move that to its name");
	}

	/**
	 * The documents of a source.
	 * @param source one of the sources that were read
	 * @return its documents; empty for an optional source of which nothing is there
	 * @throws IllegalArgumentException when the source was not read
	 */
	public List<Document> of(Source source) {
		List<Document> found = this.documents.get(source);
		if (found == null) {
			throw new IllegalArgumentException("%s was not read".formatted(source.place()));
		}
		return found;
	}

	/**
	 * The hash over places and content of all sources.
	 * @return the hash, also after {@link #close()}
	 */
	public ContentHash hash() {
		return this.hash;
	}

	/**
	 * Overwrite all documents.
	 */
	@Override
	public void close() {
		close(this.documents);
	}

	private static Map<Source, List<Document>> readOnce(Collection<? extends Source> sources) {
		Map<Source, List<Document>> documents = new LinkedHashMap<>();
		try {
			for (Source source : new LinkedHashSet<>(sources)) {
				documents.put(source, List.copyOf(source.read()));
			}
		}
		catch (RuntimeException ex) {
			close(documents);
			throw ex;
		}
		return documents;
	}

	private static void close(Map<Source, List<Document>> documents) {
		documents.values().forEach((each) -> each.forEach(Document::close));
	}

}
