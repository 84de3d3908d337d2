package dev.mtls.boot.autoconfigure;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * A key store that holds the application's own key and chain.
 *
 * @param location Location of the store.
 * @param type Type of the store.
 * @param password Password of the store.
 * @param keyPassword Password of the key, if it is not that of the store.
 * @param alias Alias of the key, if the store holds several.
 */
record KeyStoreProperties(@Nullable String location, @DefaultValue("PKCS12") String type, @Nullable String password,
		@Nullable String keyPassword, @Nullable String alias) {

	@Override
	public String toString() {
		return "KeyStoreProperties[type=%s, alias=%s]".formatted(this.type, this.alias);
	}

}
