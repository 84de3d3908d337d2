package dev.mtls.cli.doctor;

import java.net.Socket;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

import javax.net.ssl.X509ExtendedKeyManager;

import org.jspecify.annotations.Nullable;

/**
 * Key manager of a client that notes what the server asks for. For connections one after
 * the other.
 */
final class ObservingKeyManager extends X509ExtendedKeyManager {

	private final X509ExtendedKeyManager keys;

	private final Set<String> keyTypes = new LinkedHashSet<>();

	private final Set<String> issuers = new LinkedHashSet<>();

	private boolean asked;

	private boolean chosen;

	ObservingKeyManager(X509ExtendedKeyManager keys) {
		this.keys = keys;
	}

	/**
	 * Forget the connection before.
	 */
	synchronized void forget() {
		this.asked = false;
		this.chosen = false;
		this.keyTypes.clear();
		this.issuers.clear();
	}

	/**
	 * What the server asked for since then.
	 * @return what it asked for, or {@code null} if it did not ask
	 */
	synchronized @Nullable CertificateDemand demand() {
		return this.asked ? new CertificateDemand(List.copyOf(this.keyTypes), List.copyOf(this.issuers), this.chosen)
				: null;
	}

	@Override
	public synchronized @Nullable String chooseClientAlias(String[] types, Principal @Nullable [] accepted,
			@Nullable Socket socket) {
		this.asked = true;
		this.keyTypes.addAll(List.of(types));
		if (accepted != null) {
			for (Principal issuer : accepted) {
				this.issuers.add(issuer.getName());
			}
		}
		String alias = this.keys.chooseClientAlias(types, accepted, socket);
		this.chosen |= alias != null;
		return alias;
	}

	@Override
	public String @Nullable [] getClientAliases(String keyType, Principal @Nullable [] accepted) {
		return this.keys.getClientAliases(keyType, accepted);
	}

	@Override
	public String @Nullable [] getServerAliases(String keyType, Principal @Nullable [] accepted) {
		return null;
	}

	@Override
	public @Nullable String chooseServerAlias(String keyType, Principal @Nullable [] accepted,
			@Nullable Socket socket) {
		return null;
	}

	@Override
	public X509Certificate @Nullable [] getCertificateChain(String alias) {
		return this.keys.getCertificateChain(alias);
	}

	@Override
	public @Nullable PrivateKey getPrivateKey(String alias) {
		return this.keys.getPrivateKey(alias);
	}

}
