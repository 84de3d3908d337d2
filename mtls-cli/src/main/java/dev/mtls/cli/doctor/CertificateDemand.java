package dev.mtls.cli.doctor;

import java.util.List;

/**
 * A server's request for a client certificate.
 *
 * @param keyTypes the types of keys that it takes, as far as it was asked to
 * @param issuers the distinguished names of the issuers that it names, often none
 * @param met whether a certificate was chosen for it
 */
record CertificateDemand(List<String> keyTypes, List<String> issuers, boolean met) {

	CertificateDemand {
		keyTypes = List.copyOf(keyTypes);
		issuers = List.copyOf(issuers);
	}

	/**
	 * The issuers in words.
	 * @return their names, or that there are none
	 */
	String issuersText() {
		return this.issuers.isEmpty() ? "it names no issuers" : "issuers it names: " + String.join("; ", this.issuers);
	}

}
