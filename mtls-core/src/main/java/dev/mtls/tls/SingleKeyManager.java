package dev.mtls.tls;

import java.net.Socket;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import java.util.function.Supplier;

import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedKeyManager;

import org.jspecify.annotations.Nullable;

import dev.mtls.material.KeyMaterial;

/**
 * {@link X509ExtendedKeyManager} with the current key, presented whenever its type fits.
 * The issuers that a server says it accepts are not asked: a refusal that says why helps
 * more than a certificate that is silently missing.
 */
final class SingleKeyManager extends X509ExtendedKeyManager {

	private static final String ALIAS = "mtls";

	private final Supplier<@Nullable KeyMaterial> material;

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
		String keyType = keyType();
		return (keyType != null && Arrays.asList(keyTypes).contains(keyType)) ? ALIAS : null;
	}

	@Override
	public @Nullable String chooseServerAlias(String keyType, Principal @Nullable [] issuers, @Nullable Socket socket) {
		return keyType.equals(keyType()) ? ALIAS : null;
	}

	@Override
	public @Nullable String chooseEngineClientAlias(String[] keyTypes, Principal @Nullable [] issuers,
			@Nullable SSLEngine engine) {
		return chooseClientAlias(keyTypes, issuers, null);
	}

	@Override
	public @Nullable String chooseEngineServerAlias(String keyType, Principal @Nullable [] issuers,
			@Nullable SSLEngine engine) {
		return chooseServerAlias(keyType, issuers, null);
	}

	@Override
	public X509Certificate @Nullable [] getCertificateChain(String alias) {
		KeyMaterial material = this.material.get();
		return (material != null && alias.equals(ALIAS)) ? material.chain().toArray(X509Certificate[]::new) : null;
	}

	@Override
	public @Nullable PrivateKey getPrivateKey(String alias) {
		KeyMaterial material = this.material.get();
		return (material != null && alias.equals(ALIAS)) ? material.privateKey() : null;
	}

	private String @Nullable [] aliases(String keyType) {
		return keyType.equals(keyType()) ? new String[] { ALIAS } : null;
	}

	private @Nullable String keyType() {
		KeyMaterial material = this.material.get();
		return (material != null) ? material.leaf().getPublicKey().getAlgorithm() : null;
	}

}
