package dev.mtls.boot.autoconfigure;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * A key store that holds trust anchors.
 *
 * @param location Location of the store.
 * @param type Type of the store.
 * @param password Password of the store.
 */
record TrustStoreProperties(@Nullable String location, @DefaultValue("PKCS12") String type, @Nullable String password) {

	@Override
	public String toString() {
		return "TrustStoreProperties[type=%s]".formatted(this.type);
	}

}
