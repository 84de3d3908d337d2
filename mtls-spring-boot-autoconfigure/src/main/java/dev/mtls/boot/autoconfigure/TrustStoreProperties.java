package dev.mtls.boot.autoconfigure;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * A key store that holds trust anchors.
 *
 * @param location location of the store
 * @param type type of the store: PKCS12 or JKS
 * @param password password of the store
 */
record TrustStoreProperties(@Nullable String location, @DefaultValue("PKCS12") String type, @Nullable String password) {

	@Override
	public String toString() {
		return "TrustStoreProperties[location=%s, type=%s]".formatted(this.location, this.type);
	}

}
