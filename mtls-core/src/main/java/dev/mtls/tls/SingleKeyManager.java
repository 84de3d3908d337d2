package dev.mtls.tls;

import java.net.Socket;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.function.Supplier;

import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedKeyManager;

import org.jspecify.annotations.Nullable;

import dev.mtls.material.KeyMaterial;

/**
 * {@link X509ExtendedKeyManager} with the current key, presented whenever its type fits.
 * The issuers that a server says it accepts are not asked: a refusal that says why helps
 * more than a certificate that is silently missing.
 * <p>
 * A TLS stack chooses an alias first, and then asks for its key and its chain one after
 * the other. An alias is therefore never used for two keys, and the key before the
 * current one is kept, so that a change in between does not tear the two apart.
 */
final class SingleKeyManager extends X509ExtendedKeyManager {

	private final Supplier<@Nullable KeyMaterial> material;

	private @Nullable Entry current;

	private @Nullable Entry previous;

	private long entries;

	SingleKeyManager(Supplier<@Nullable KeyMaterial> material) {
		this.material = material;
	}

	@Override
	public String @Nullable [] getClientAliases(String keyType, Principal @Nullable [] issuers) {
		return aliases(keyType);
	}

	@Override
	public String @Nullable [] getServerAliases(String keyType, Principal @Nullable [] issuers) {
		return aliases(keyType);
	}

	@Override
	public @Nullable String chooseClientAlias(String[] keyTypes, Principal @Nullable [] issuers,
			@Nullable Socket socket) {
		return alias(List.of(keyTypes));
	}

	@Override
	public @Nullable String chooseServerAlias(String keyType, Principal @Nullable [] issuers, @Nullable Socket socket) {
		return alias(List.of(keyType));
	}

	@Override
	public @Nullable String chooseEngineClientAlias(String[] keyTypes, Principal @Nullable [] issuers,
			@Nullable SSLEngine engine) {
		return alias(List.of(keyTypes));
	}

	@Override
	public @Nullable String chooseEngineServerAlias(String keyType, Principal @Nullable [] issuers,
			@Nullable SSLEngine engine) {
		return alias(List.of(keyType));
	}

	@Override
	public X509Certificate @Nullable [] getCertificateChain(String alias) {
		KeyMaterial material = materialOf(alias);
		return (material != null) ? material.chain().toArray(X509Certificate[]::new) : null;
	}

	@Override
	public @Nullable PrivateKey getPrivateKey(String alias) {
		KeyMaterial material = materialOf(alias);
		return (material != null) ? material.privateKey() : null;
	}

	private String @Nullable [] aliases(String keyType) {
		String alias = alias(List.of(keyType));
		return (alias != null) ? new String[] { alias } : null;
	}

	private @Nullable String alias(List<String> keyTypes) {
		Entry entry = entry();
		return (entry != null && keyTypes.contains(entry.keyType())) ? entry.alias() : null;
	}

	private synchronized @Nullable Entry entry() {
		KeyMaterial material = this.material.get();
		if (material == null) {
			return null;
		}
		if (this.current == null || this.current.material() != material) {
			this.entries++;
			this.previous = this.current;
			this.current = new Entry("mtls-" + this.entries, material);
		}
		return this.current;
	}

	private synchronized @Nullable KeyMaterial materialOf(String alias) {
		if (this.current != null && this.current.alias().equals(alias)) {
			return this.current.material();
		}
		if (this.previous != null && this.previous.alias().equals(alias)) {
			return this.previous.material();
		}
		return null;
	}

	/**
	 * A key under the alias that is only its own.
	 */
	private record Entry(String alias, KeyMaterial material) {

		private String keyType() {
			return this.material.leaf().getPublicKey().getAlgorithm();
		}

	}

}
