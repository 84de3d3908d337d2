package dev.mtls.gate;

import java.util.ArrayList;
import java.util.List;

import org.jspecify.annotations.Nullable;

import dev.mtls.decision.MtlsException;
import dev.mtls.decision.Reason;
import dev.mtls.material.KeyMaterial;
import dev.mtls.source.ContentHash;
import dev.mtls.source.Contents;
import dev.mtls.source.Document;
import dev.mtls.source.Source;

/**
 * {@link SnapshotSource} of locations as configuration names them: files, class path
 * resources, inline text, key stores.
 */
public final class SnapshotLocations implements SnapshotSource {

	private final String prefix;

	private final @Nullable KeyLocation key;

	private final TrustLocation trust;

	private final Rules rules;

	private final boolean strictPermissions;

	SnapshotLocations(String prefix, @Nullable KeyLocation key, TrustLocation trust, Rules rules,
			boolean strictPermissions) {
		this.prefix = prefix;
		this.key = key;
		this.trust = trust;
		this.rules = rules;
		this.strictPermissions = strictPermissions;
	}

	/**
	 * Begin to say where key, trust and rules are.
	 * @param prefix the prefix of the properties they come from, for messages
	 * @return a builder
	 */
	public static SnapshotLocationsBuilder builder(String prefix) {
		return new SnapshotLocationsBuilder(prefix);
	}

	/**
	 * The prefix of the properties that the locations come from.
	 * @return the prefix, such as {@code mtls.server}
	 */
	public String prefix() {
		return this.prefix;
	}

	/**
	 * The rules.
	 * @return the rules
	 */
	public Rules rules() {
		return this.rules;
	}

	/**
	 * Whether there is any location of key material or trust.
	 * @return {@code false} if there are rules only
	 */
	public boolean hasMaterial() {
		return this.key != null || !this.trust.isEmpty();
	}

	@Override
	public Reading read() {
		if (this.trust.isEmpty()) {
			throw TrustLocation.missing(this.prefix);
		}
		List<Source> sources = new ArrayList<>(this.trust.sources());
		if (this.key != null) {
			sources.addAll(this.key.sources());
		}
		return new LocationsReading(Contents.read(sources));
	}

	private Snapshot parse(Contents contents) {
		KeyMaterial key = (this.key != null) ? this.key.parse(contents) : null;
		List<Document> exposed = (this.key != null)
				? this.key.secrets(contents).stream().filter(Document::isReadableByOthers).toList() : List.of();
		if (this.strictPermissions && !exposed.isEmpty()) {
			throw exposed(exposed.get(0));
		}
		List<String> warnings = exposed.stream().map((document) -> exposed(document).getMessage()).toList();
		return new Snapshot(key, this.trust.parse(contents), this.rules, warnings);
	}

	private static MtlsException exposed(Document document) {
		return new MtlsException(Reason.PERMISSIONS_TOO_OPEN, document.place(),
				"others than its owner can read this private key", "chmod 600 the file");
	}

	/**
	 * What was read from the locations.
	 */
	private final class LocationsReading implements Reading {

		private final Contents contents;

		private LocationsReading(Contents contents) {
			this.contents = contents;
		}

		@Override
		public ContentHash hash() {
			return this.contents.hash();
		}

		@Override
		public Snapshot parse() {
			return SnapshotLocations.this.parse(this.contents);
		}

		@Override
		public void close() {
			this.contents.close();
		}

	}

}
