package dev.mtls.gate;

import java.util.List;

import org.jspecify.annotations.Nullable;

import dev.mtls.decision.MtlsException;
import dev.mtls.decision.Reason;
import dev.mtls.material.KeyMaterial;
import dev.mtls.material.PemMaterial;
import dev.mtls.source.Contents;
import dev.mtls.source.Document;
import dev.mtls.source.Source;

/**
 * Where the own key and chain are.
 */
sealed interface KeyLocation {

	List<Source> sources();

	KeyMaterial parse(Contents contents);

	/**
	 * The documents that hold the private key.
	 * @param contents what was read
	 * @return documents that should be readable by their owner only
	 */
	List<Document> secrets(Contents contents);

	/**
	 * A chain and a key as PEM.
	 */
	record Pem(Source certificate, Source privateKey, @Nullable String password) implements KeyLocation {

		static @Nullable Pem of(String prefix, @Nullable String certificate, @Nullable String privateKey,
				@Nullable String password) {
			if (certificate == null && privateKey == null) {
				return null;
			}
			if (certificate == null) {
				throw incomplete(prefix + ".certificate", prefix + ".private-key");
			}
			if (privateKey == null) {
				throw incomplete(prefix + ".private-key", prefix + ".certificate");
			}
			return new Pem(Source.of(prefix + ".certificate", certificate),
					Source.of(prefix + ".private-key", privateKey), password);
		}

		@Override
		public List<Source> sources() {
			return List.of(this.certificate, this.privateKey);
		}

		@Override
		public KeyMaterial parse(Contents contents) {
			return PemMaterial.keyMaterial(contents.of(this.certificate).get(0), contents.of(this.privateKey).get(0),
					(this.password != null) ? this.password.toCharArray() : null);
		}

		@Override
		public List<Document> secrets(Contents contents) {
			return contents.of(this.privateKey);
		}

		@Override
		public String toString() {
			return "Pem[%s, %s]".formatted(this.certificate, this.privateKey);
		}

		private static MtlsException incomplete(String missing, String present) {
			return new MtlsException(Reason.CONFIGURATION_INVALID, missing,
					"it is not set, but %s is".formatted(present), "set both, or neither");
		}

	}

	/**
	 * A key store.
	 */
	record Store(StoreLocation store, @Nullable String keyPassword, @Nullable String alias) implements KeyLocation {

		@Override
		public List<Source> sources() {
			return List.of(this.store.source());
		}

		@Override
		public KeyMaterial parse(Contents contents) {
			String password = (this.keyPassword != null) ? this.keyPassword : this.store.password();
			return this.store.load(contents)
				.keyMaterial(this.alias, (password != null) ? password.toCharArray() : null);
		}

		@Override
		public List<Document> secrets(Contents contents) {
			return contents.of(this.store.source());
		}

		@Override
		public String toString() {
			return "Store[%s, %s]".formatted(this.store, this.alias);
		}

	}

	/**
	 * A PKCS#11 token.
	 */
	record Token(TokenSource token) implements KeyLocation {

		@Override
		public List<Source> sources() {
			return List.of(this.token);
		}

		@Override
		public KeyMaterial parse(Contents contents) {
			return this.token.material();
		}

		@Override
		public List<Document> secrets(Contents contents) {
			return List.of();
		}

	}

}
