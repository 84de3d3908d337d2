package dev.mtls.gate;

import java.nio.charset.StandardCharsets;
import java.security.Provider;
import java.util.List;
import java.util.Objects;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;

import dev.mtls.decision.MtlsException;
import dev.mtls.decision.Reason;
import dev.mtls.material.KeyMaterial;
import dev.mtls.material.TokenMaterial;
import dev.mtls.source.Document;
import dev.mtls.source.Source;

/**
 * {@link Source} of the key and chain on a PKCS#11 token. Its content is the hash of the
 * chain, by which a renewed certificate is noticed, and a number that changes with the
 * key: one that was read before its token was removed is dead when the token is back.
 */
final class TokenSource implements Source {

	private final String place;

	private final Supplier<Provider> provider;

	private final @Nullable String pin;

	private final @Nullable String alias;

	private @Nullable MtlsException refusal;

	private @Nullable KeyMaterial material;

	private long number;

	TokenSource(String place, Supplier<Provider> provider, @Nullable String pin, @Nullable String alias) {
		this.place = place;
		this.provider = provider;
		this.pin = pin;
		this.alias = alias;
	}

	@Override
	public String place() {
		return this.place;
	}

	@Override
	public synchronized List<Document> read() {
		KeyMaterial found = load();
		if (this.material == null || !found.chain().equals(this.material.chain()) || !isAlive(this.material)) {
			this.material = found;
			this.number++;
		}
		return List.of(Document.of(this.place, content(this.material)));
	}

	/**
	 * The key and chain that were read last.
	 * @return the material
	 */
	synchronized KeyMaterial material() {
		return Objects.requireNonNull(this.material, "The token was not read");
	}

	@Override
	public String toString() {
		return this.place;
	}

	private KeyMaterial load() {
		if (this.refusal != null) {
			// Not tried again at every look: a few wrong PINs lock the token
			throw this.refusal;
		}
		try {
			return TokenMaterial.keyMaterial(this.place, this.provider.get(),
					(this.pin != null) ? this.pin.toCharArray() : null, this.alias);
		}
		catch (MtlsException ex) {
			if (ex.reason() == Reason.PASSWORD_WRONG) {
				this.refusal = ex;
			}
			throw ex;
		}
	}

	private boolean isAlive(KeyMaterial material) {
		try {
			KeyMaterial.of(this.place, material.privateKey(), List.of(material.leaf()));
			return true;
		}
		catch (MtlsException ex) {
			return false;
		}
	}

	private byte[] content(KeyMaterial material) {
		return "%d %s".formatted(this.number, Material.hash(material.chain()).hex())
			.getBytes(StandardCharsets.US_ASCII);
	}

}
