package dev.mtls.decision;

/**
 * What usually mends a refusal or a failure.
 */
final class RefusalFix {

	private RefusalFix() {
	}

	static String of(Reason reason) {
		return switch (reason) {
			case CONFIGURATION_INVALID -> "correct the value of the property";
			case CONFIGURATION_CONFLICT -> "remove one of the two properties";
			case RULE_INVALID -> "correct the rule";
			case RULES_EMPTY -> "add a rule, or remove the property";
			case TRUST_MISSING -> "configure the certificate of the CA that issues the peers' certificates";
			case MATERIAL_INVALID -> "export the certificate, key or store again";
			case PASSWORD_WRONG -> "correct the password";
			case KEY_MISMATCH -> "configure a certificate and a private key that were made together";
			case CHAIN_INVALID -> "give the certificate and the CA certificates that were issued with it";
			case MATERIAL_EXPIRED -> "renew the own certificate, or correct the clock";
			case PERMISSIONS_TOO_OPEN -> "let the owner of the private key alone read it";
			case ENGINE_UNSUPPORTED -> "use another TLS engine or JDK, or remove the property";
			case KEY_MISSING -> "configure a certificate and its private key";
			case CRL_INVALID -> "get the CRL again from the CA that issued it";
			case CRL_OUTDATED -> "put the newest CRL of the CA in its place";
			case HOST_UNRESOLVED -> "correct the host name, or its entry in DNS";
			case CONNECT_FAILED -> "check that the server runs, and that nothing on the way blocks its port";
			case BIND_FAILED -> "choose a free port and an address of this machine, or stop who listens there";
			case POOL_EXHAUSTED -> "give connections back sooner, or raise the limit of the pool";
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
			case SOURCE_UNREADABLE -> "check that it is there, and that this process may read it";
			case TARGET_UNWRITABLE -> "choose a place where this process may write";
			case INTERNAL -> "report it as a defect, with what the log says";
		};
	}

}
