package dev.mtls.decision;

/**
 * What usually mends a refusal.
 */
final class RefusalFix {

	private RefusalFix() {
	}

	static String of(Reason reason) {
		return switch (reason) {
			case HOST_UNRESOLVED -> "correct the host name, or its entry in DNS";
			case CONNECT_FAILED -> "check that the server runs, and that nothing on the way blocks its port";
			case HANDSHAKE_FAILED -> "look into the log of the peer for its side of the story";
			case HANDSHAKE_TIMEOUT -> "check that the peer speaks TLS at this port, and is not overloaded";
			case CERTIFICATE_MISSING -> "give the peer a certificate and private key";
			case CERTIFICATE_EXPIRED -> "renew the certificate, or correct the clock";
			case CERTIFICATE_NOT_YET_VALID -> "correct the clock, or wait until the certificate is valid";
			case ISSUER_UNKNOWN ->
				"have the peer send its intermediates, or add its CA to the trust certificates if it is to be trusted";
			case CERTIFICATE_REVOKED -> "issue a new certificate, if the peer may have one";
			case REVOCATION_UNKNOWN -> "check that a current CRL is there, or that the OCSP responder can be reached";
			case CERTIFICATE_MALFORMED, SIGNATURE_INVALID, ALGORITHM_WEAK, LEAF_IS_CA, KEY_USAGE_WRONG,
					CONSTRAINT_VIOLATED, IDENTITY_MALFORMED ->
				"have its CA issue a certificate in which that is right";
			case HOST_NAME_MISMATCH ->
				"connect by a name that the certificate holds, or issue one that holds the name as a SAN";
			case ADDRESS_NOT_ALLOWED -> "add its network to the allowed networks, if it may be there";
			case IDENTITY_NOT_ALLOWED -> "add its identity to the allowed peers, if it is to be one";
			case KILL_SWITCH -> "release the kill switch, once that is safe";
			case PIN_MISMATCH -> "pin the key that the peer uses now, if it is the right one";
			case CONNECTION_LIMIT, HANDSHAKE_RATE, REQUEST_RATE -> "slow down, or raise the limit";
			default -> "see the reason in the documentation";
		};
	}

}
