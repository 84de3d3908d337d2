package dev.mtls.boot.forwarded;

import java.util.List;

/**
 * Reads what an Application Load Balancer of AWS forwards: the chain where it passes
 * certificates through, the client's own certificate where it verifies them.
 */
final class AmazonReader implements ChainReader {

	private static final String CHAIN = "X-Amzn-Mtls-Clientcert";

	private static final String LEAF = "X-Amzn-Mtls-Clientcert-Leaf";

	private final ChainReader chain = new EscapedPemReader(CHAIN);

	private final ChainReader leaf = new EscapedPemReader(LEAF);

	@Override
	public DerCertificates read(RequestFields fields) throws MalformedFieldException {
		DerCertificates passedThrough = this.chain.read(fields);
		DerCertificates verified = this.leaf.read(fields);
		if (passedThrough.isEmpty()) {
			return verified;
		}
		// The balancer writes one of them, so that the other may be from the client
		if (!verified.isEmpty() && !verified.toList().equals(List.of(passedThrough.toList().get(0)))) {
			throw new MalformedFieldException("%s and %s are about different certificates".formatted(CHAIN, LEAF));
		}
		return passedThrough;
	}

}
