package dev.mtls.boot.forwarded;

/**
 * Reads {@code Client-Cert} and {@code Client-Cert-Chain} (RFC 9440).
 */
final class ClientCertReader implements ChainReader {

	private static final String CERTIFICATE = "Client-Cert";

	private static final String CHAIN = "Client-Cert-Chain";

	@Override
	public DerCertificates read(RequestFields fields) throws MalformedFieldException {
		// Section 2.2: it must not come more than once
		String certificate = FieldLines.of(fields, CERTIFICATE).single();
		FieldLines chain = FieldLines.of(fields, CHAIN);
		DerCertificates certificates = new DerCertificates();
		if (certificate != null) {
			certificates.add(StructuredBytes.parseItem(certificate));
		}
		else if (!chain.isEmpty()) {
			// Section 2.3
			throw new MalformedFieldException("%s comes without %s".formatted(CHAIN, CERTIFICATE));
		}
		for (byte[] issuer : StructuredBytes.parseList(chain.combined())) {
			certificates.add(issuer);
		}
		return certificates;
	}

}
