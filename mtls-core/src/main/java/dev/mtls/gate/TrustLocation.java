package dev.mtls.gate;

import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;

import org.jspecify.annotations.Nullable;

import dev.mtls.decision.MtlsException;
import dev.mtls.decision.Reason;
import dev.mtls.material.PemMaterial;
import dev.mtls.material.TrustMaterial;
import dev.mtls.source.Contents;
import dev.mtls.source.Document;
import dev.mtls.source.Source;

/**
 * Where the trust anchors are.
 */
record TrustLocation(String prefix, List<Source> certificates, @Nullable StoreLocation store) {

	static TrustLocation of(String prefix, @Nullable List<String> certificates, @Nullable StoreLocation store) {
		String property = prefix + ".trust-certificates";
		List<Source> sources = new ArrayList<>();
		if (certificates != null) {
			for (String certificate : certificates) {
				sources.add(Source.ofMany(property, certificate));
			}
		}
		return new TrustLocation(prefix, sources, store);
	}

	boolean isEmpty() {
		return this.certificates.isEmpty() && this.store == null;
	}

	List<Source> sources() {
		List<Source> sources = new ArrayList<>(this.certificates);
		if (this.store != null) {
			sources.add(this.store.source());
		}
		return sources;
	}

	TrustMaterial parse(Contents contents) {
		List<X509Certificate> anchors = new ArrayList<>();
		for (Source source : this.certificates) {
			for (Document document : contents.of(source)) {
				anchors.addAll(PemMaterial.certificates(document));
			}
		}
		if (this.store != null) {
			anchors.addAll(this.store.load(contents).trustMaterial().anchors());
		}
		if (anchors.isEmpty()) {
			throw missing(this.prefix);
		}
		return TrustMaterial.of(this.prefix, anchors);
	}

	static MtlsException missing(String prefix) {
		return new MtlsException(Reason.TRUST_MISSING, prefix + ".trust-certificates",
				"no trust anchor is configured, so no peer could be told from another",
				"set it to the certificate of the CA that issues your peers' certificates, such as file:/etc/tls/ca.crt");
	}

}
