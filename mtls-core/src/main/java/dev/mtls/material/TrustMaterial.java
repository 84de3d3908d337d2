package dev.mtls.material;

import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;

import dev.mtls.decision.MtlsException;
import dev.mtls.decision.Reason;

/**
 * The certificates in which trust begins. There is at least one, and none twice.
 */
public final class TrustMaterial {

	private final String place;

	private final List<X509Certificate> anchors;

	private TrustMaterial(String place, Collection<X509Certificate> anchors) {
		this.place = place;
		this.anchors = List.copyOf(new LinkedHashSet<>(anchors));
	}

	/**
	 * Create trust material.
	 * @param place where the anchors are from, for messages
	 * @param anchors the anchors, in which duplicates are dropped
	 * @return the trust material
	 * @throws MtlsException with {@code TRUST_MISSING} when there is no anchor
	 */
	public static TrustMaterial of(String place, Collection<X509Certificate> anchors) {
		if (anchors.isEmpty()) {
			throw new MtlsException(Reason.TRUST_MISSING, place, "It holds no certificate to trust",
					"Give the certificate of the CA that issues the certificates of the peers");
		}
		return new TrustMaterial(place, anchors);
	}

	/**
	 * Where the anchors are from.
	 * @return the place, such as {@code mtls.server.trust-certificates=file:/etc/ca}
	 */
	public String place() {
		return this.place;
	}

	/**
	 * The anchors.
	 * @return the anchors, in the order in which they were read
	 */
	public List<X509Certificate> anchors() {
		return this.anchors;
	}

	/**
	 * Copy the anchors into a key store in memory, for libraries that want one.
	 * @return a PKCS12 key store with the entries {@code anchor-1}, {@code anchor-2} and
	 * so on
	 */
	public KeyStore toKeyStore() {
		try {
			KeyStore keyStore = KeyStore.getInstance("PKCS12");
			keyStore.load(null, null);
			int number = 0;
			for (X509Certificate anchor : this.anchors) {
				number++;
				keyStore.setCertificateEntry("anchor-" + number, anchor);
			}
			return keyStore;
		}
		catch (GeneralSecurityException | IOException ex) {
			throw new IllegalStateException("Every Java platform has PKCS12 key stores", ex);
		}
	}

	@Override
	public String toString() {
		return "TrustMaterial[%s, %d anchors]".formatted(this.place, this.anchors.size());
	}

}
