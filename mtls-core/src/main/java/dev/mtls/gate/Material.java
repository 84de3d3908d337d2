package dev.mtls.gate;

import java.security.cert.CertificateEncodingException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;

import org.jspecify.annotations.Nullable;

import dev.mtls.decision.MtlsException;
import dev.mtls.decision.Reason;
import dev.mtls.material.KeyMaterial;
import dev.mtls.material.TrustMaterial;
import dev.mtls.source.ContentHash;

/**
 * Key and trust that do not come from locations, such as those of an SSL bundle.
 *
 * @param key the own key and chain, or {@code null} for a client without certificate
 * @param trust the trust anchors
 */
public record Material(@Nullable KeyMaterial key, TrustMaterial trust) {

	/**
	 * The hash of all certificates. A key cannot change without its certificate.
	 * @return the hash
	 */
	ContentHash hash() {
		ContentHash trust = hash(this.trust.anchors());
		return (this.key != null) ? hash(this.key.chain()).and(trust) : trust;
	}

	static ContentHash hash(List<X509Certificate> certificates) {
		List<byte[]> encodings = new ArrayList<>();
		try {
			for (X509Certificate certificate : certificates) {
				encodings.add(certificate.getEncoded());
			}
		}
		catch (CertificateEncodingException ex) {
			throw new MtlsException(Reason.MATERIAL_INVALID, "certificates", "one of them cannot be encoded",
					"replace it", ex);
		}
		return ContentHash.ofFields(encodings);
	}

}
