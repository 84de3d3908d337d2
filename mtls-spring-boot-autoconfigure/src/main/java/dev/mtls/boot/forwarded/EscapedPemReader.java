package dev.mtls.boot.forwarded;

/**
 * Reads a field that holds percent-encoded PEM: what nginx has in
 * {@code $ssl_client_escaped_cert}.
 *
 * @param name the name of the field
 */
record EscapedPemReader(String name) implements ChainReader {

	@Override
	public DerCertificates read(RequestFields fields) throws MalformedFieldException {
		String value = FieldLines.of(fields, this.name).single();
		return (value == null || value.isEmpty()) ? new DerCertificates() : EscapedPem.read(value);
	}

}
