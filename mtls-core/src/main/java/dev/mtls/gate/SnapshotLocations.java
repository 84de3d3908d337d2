package dev.mtls.gate;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;

import dev.mtls.decision.MtlsException;
import dev.mtls.decision.Reason;
import dev.mtls.material.KeyMaterial;
import dev.mtls.material.TrustMaterial;
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

	private final RulesLocation rules;

	private final CrlLocations crls;

	private final boolean strictPermissions;

	private final boolean trustOptional;

	SnapshotLocations(String prefix, @Nullable KeyLocation key, TrustLocation trust, RulesLocation rules,
			CrlLocations crls, boolean strictPermissions, boolean trustOptional) {
		this.prefix = prefix;
		this.key = key;
		this.trust = trust;
		this.rules = rules;
		this.crls = crls;
		this.strictPermissions = strictPermissions;
		this.trustOptional = trustOptional;
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
	 * Whether there is any location of key material or trust.
	 * @return {@code false} if there are rules only
	 */
	public boolean hasMaterial() {
		return this.key != null || !this.trust.isEmpty();
	}

	/**
	 * The same locations for a server that asks its peers for no certificate. Where no
	 * trust is configured, the own certificate stands in its place.
	 * @return the locations
	 */
	public SnapshotLocations withOptionalTrust() {
		return new SnapshotLocations(this.prefix, this.key, this.trust, this.rules, this.crls, this.strictPermissions,
				true);
	}

	/**
	 * Only the rules of these locations, for material that comes from elsewhere.
	 * @param material gives key and trust
	 * @return a source of snapshots with that material and these rules
	 */
	public SnapshotSource withMaterial(Supplier<Material> material) {
		return () -> {
			Material current = material.get();
			Contents contents = Contents.read(rulesAndCrls());
			return new LocationsReading(contents, current.hash().and(contents.hash()), () -> new Snapshot(current.key(),
					current.trust(), this.rules.parse(contents), this.crls.parse(contents), List.of()));
		};
	}

	@Override
	public Reading read() {
		if (this.trust.isEmpty() && !this.trustOptional) {
			throw TrustLocation.missing(this.prefix);
		}
		List<Source> sources = new ArrayList<>(this.trust.sources());
		if (this.key != null) {
			sources.addAll(this.key.sources());
		}
		sources.addAll(rulesAndCrls());
		Contents contents = Contents.read(sources);
		return new LocationsReading(contents, contents.hash(), () -> parse(contents));
	}

	private List<Source> rulesAndCrls() {
		return Stream.concat(this.rules.sources().stream(), this.crls.sources().stream()).toList();
	}

	private Snapshot parse(Contents contents) {
		KeyMaterial key = (this.key != null) ? this.key.parse(contents) : null;
		List<Document> exposed = (this.key != null)
				? this.key.secrets(contents).stream().filter(Document::isReadableByOthers).toList() : List.of();
		if (this.strictPermissions && !exposed.isEmpty()) {
			throw exposed(exposed.get(0));
		}
		List<String> warnings = exposed.stream().map((document) -> exposed(document).getMessage()).toList();
		return new Snapshot(key, trust(key, contents), this.rules.parse(contents), this.crls.parse(contents), warnings);
	}

	private TrustMaterial trust(@Nullable KeyMaterial key, Contents contents) {
		if (!this.trust.isEmpty()) {
			return this.trust.parse(contents);
		}
		if (key == null) {
			throw Snapshot.keyMissing(this.prefix);
		}
		return TrustMaterial.of(key.place(), List.of(key.leaf()));
	}

	private static MtlsException exposed(Document document) {
		return new MtlsException(Reason.PERMISSIONS_TOO_OPEN, document.place(),
				"others than its owner can read this private key", "let its owner alone read it, with chmod 600");
	}

	/**
	 * What was read from the locations.
	 *
	 * @param contents what was read
	 * @param hash its hash
	 * @param parser makes the snapshot of it
	 */
	private record LocationsReading(Contents contents, ContentHash hash, Supplier<Snapshot> parser) implements Reading {

		@Override
		public Snapshot parse() {
			return this.parser.get();
		}

		@Override
		public void close() {
			this.contents.close();
		}

	}

}
