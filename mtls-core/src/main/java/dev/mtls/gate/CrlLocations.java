package dev.mtls.gate;

import java.util.List;

import org.jspecify.annotations.Nullable;

import dev.mtls.decision.MtlsException;
import dev.mtls.decision.Reason;
import dev.mtls.revocation.CrlDocument;
import dev.mtls.source.Contents;
import dev.mtls.source.Source;

/**
 * Where CRLs are that are read with everything else.
 *
 * @param sources the files, directories and globs
 */
record CrlLocations(List<Source> sources) {

	static final CrlLocations NONE = new CrlLocations(List.of());

	// A CRL of a million entries has some 40 MiB
	private static final int MAX_BYTES = 256 * 1024 * 1024;

	CrlLocations {
		sources = List.copyOf(sources);
	}

	static CrlLocations of(String property, @Nullable List<String> locations) {
		if (locations == null) {
			return NONE;
		}
		if (locations.stream().anyMatch(String::isBlank)) {
			throw new MtlsException(Reason.CONFIGURATION_INVALID, property, "there is an empty location",
					"name a file, a glob or an address of a CRL, or remove the property");
		}
		return new CrlLocations(
				locations.stream().map((location) -> Source.ofMany(property, location, MAX_BYTES)).toList());
	}

	List<CrlDocument> parse(Contents contents) {
		return this.sources.stream()
			.flatMap((source) -> contents.of(source).stream())
			.flatMap((document) -> CrlDocument.read(document.place(), document.content()).stream())
			.toList();
	}

}
