package dev.mtls.boot.forwarded;

/**
 * Reads a field that holds the bodies of PEM blocks in one line each, separated by
 * commas, as Traefik's {@code PassTLSClientCert} writes them. Its older versions
 * percent-encode each.
 *
 * @param name the name of the field
 */
record PemBodyReader(String name) implements ChainReader {

	@Override
	public DerCertificates read(RequestFields fields) throws MalformedFieldException {
		String value = FieldLines.of(fields, this.name).single();
		DerCertificates certificates = new DerCertificates();
		if (value != null && !value.isEmpty()) {
			for (String body : value.split(",", -1)) {
				certificates.add(Base64Text.decode(PercentDecoder.decode(body)));
			}
		}
		return certificates;
	}

}
