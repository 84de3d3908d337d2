package dev.mtls.gate;

import org.jspecify.annotations.Nullable;

import dev.mtls.material.KeyStoreMaterial;
import dev.mtls.source.Contents;
import dev.mtls.source.Source;

/**
 * Where a key store is, and what opens it.
 */
record StoreLocation(Source source, String type, @Nullable String password) {

	static @Nullable StoreLocation of(String property, @Nullable String location, String type,
			@Nullable String password) {
		return (location != null) ? new StoreLocation(Source.of(property + ".location", location), type, password)
				: null;
	}

	KeyStoreMaterial load(Contents contents) {
		return KeyStoreMaterial.load(contents.of(this.source).get(0), this.type,
				(this.password != null) ? this.password.toCharArray() : null);
	}

	@Override
	public String toString() {
		return "StoreLocation[%s, %s]".formatted(this.source, this.type);
	}

}
