package dev.mtls.boot.autoconfigure;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.bind.DefaultValue;

import dev.mtls.boot.token.TokenProvider;
import dev.mtls.decision.MtlsException;
import dev.mtls.decision.Reason;
import dev.mtls.gate.SnapshotLocationsBuilder;
import dev.mtls.material.TokenMaterial;

/**
 * A key store that holds the application's own key and chain.
 *
 * @param location Location of the store. For PKCS11 that of a SunPKCS11 configuration; if
 * not set, a token that java.security configures.
 * @param type Type of the store: PKCS12, JKS or PKCS11.
 * @param password Password of the store. For PKCS11 the PIN of the token.
 * @param keyPassword Password of the key, if it is not that of the store.
 * @param alias Alias of the key, if the store holds several.
 */
record KeyStoreProperties(@Nullable String location, @DefaultValue("PKCS12") String type, @Nullable String password,
		@Nullable String keyPassword, @Nullable String alias) {

	void addTo(SnapshotLocationsBuilder locations, String prefix) {
		String property = prefix + ".key-store";
		if (!this.type.equalsIgnoreCase(TokenMaterial.TYPE)) {
			locations.keyStore(this.location, this.type, this.password, this.keyPassword, this.alias);
			return;
		}
		if (this.keyPassword != null) {
			throw new MtlsException(Reason.CONFIGURATION_CONFLICT, property + ".key-password",
					"a key on a token has no password but the PIN", "remove it, and set password to the PIN");
		}
		TokenProvider provider = TokenProvider.of(property, this.location);
		locations.token(provider.place(), provider, this.password, this.alias);
	}

	@Override
	public String toString() {
		return "KeyStoreProperties[type=%s, alias=%s]".formatted(this.type, this.alias);
	}

}
