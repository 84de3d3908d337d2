package dev.mtls.decision;

import java.util.Locale;

/**
 * Why something was refused or failed. Name and number are stable: they are the metric
 * tag, the event field and the anchor in the documentation, so constants are added but
 * never renamed or renumbered.
 */
public enum Reason {

	/**
	 * A property has a value that cannot be used.
	 */
	CONFIGURATION_INVALID(101),

	/**
	 * Two properties contradict each other.
	 */
	CONFIGURATION_CONFLICT(102),

	/**
	 * A rule does not follow the syntax of rules.
	 */
	RULE_INVALID(103),

	/**
	 * A set of rules is configured but holds no rule.
	 */
	RULES_EMPTY(104),

	/**
	 * No trust anchor is configured.
	 */
	TRUST_MISSING(105),

	/**
	 * A certificate, key or store could not be parsed.
	 */
	MATERIAL_INVALID(106),

	/**
	 * A password is missing or does not open the key or store.
	 */
	PASSWORD_WRONG(107),

	/**
	 * The private key does not belong to the certificate.
	 */
	KEY_MISMATCH(108),

	/**
	 * The certificates of a chain do not follow from one another.
	 */
	CHAIN_INVALID(109),

	/**
	 * The own certificate is outside of its validity period.
	 */
	MATERIAL_EXPIRED(110),

	/**
	 * A private key can be read by others than its owner.
	 */
	PERMISSIONS_TOO_OPEN(111),

	/**
	 * The TLS engine cannot do what is configured.
	 */
	ENGINE_UNSUPPORTED(112),

	/**
	 * A server has no certificate and private key.
	 */
	KEY_MISSING(113),

	/**
	 * A CRL could not be parsed, does not verify, or is not one that can be used.
	 */
	CRL_INVALID(114),

	/**
	 * A CRL is older than the one that is held, which therefore stays.
	 */
	CRL_OUTDATED(115),

	/**
	 * A host name could not be resolved to an address.
	 */
	HOST_UNRESOLVED(201),

	/**
	 * A connection could not be established.
	 */
	CONNECT_FAILED(202),

	/**
	 * An address could not be listened at.
	 */
	BIND_FAILED(203),

	/**
	 * A connection pool had no connection to lend in time.
	 */
	POOL_EXHAUSTED(204),

	/**
	 * The TLS handshake failed for a reason that is none of the others.
	 */
	HANDSHAKE_FAILED(301),

	/**
	 * The TLS handshake did not end in time.
	 */
	HANDSHAKE_TIMEOUT(302),

	/**
	 * The peer presented no certificate.
	 */
	CERTIFICATE_MISSING(303),

	/**
	 * The peer's certificate, or one of its chain, cannot be parsed or exceeds a bound.
	 */
	CERTIFICATE_MALFORMED(304),

	/**
	 * A certificate of the path, its anchor included, has expired.
	 */
	CERTIFICATE_EXPIRED(305),

	/**
	 * A certificate of the path is not valid yet.
	 */
	CERTIFICATE_NOT_YET_VALID(306),

	/**
	 * No path leads from the peer's certificate to a trust anchor.
	 */
	ISSUER_UNKNOWN(307),

	/**
	 * The signature of a certificate of the path does not verify.
	 */
	SIGNATURE_INVALID(308),

	/**
	 * A signature or key of the path is weaker than allowed.
	 */
	ALGORITHM_WEAK(309),

	/**
	 * A CA certificate was presented as the peer's own.
	 */
	LEAF_IS_CA(310),

	/**
	 * A key usage or extended key usage does not allow this use.
	 */
	KEY_USAGE_WRONG(311),

	/**
	 * A constraint of the path (length, names, policy, critical extension) is violated.
	 */
	CONSTRAINT_VIOLATED(312),

	/**
	 * A certificate of the path is revoked.
	 */
	CERTIFICATE_REVOKED(313),

	/**
	 * Whether a certificate of the path is revoked is not known: there is no current CRL
	 * and no current OCSP answer.
	 */
	REVOCATION_UNKNOWN(314),

	/**
	 * A certificate's names are malformed or exceed a bound.
	 */
	IDENTITY_MALFORMED(401),

	/**
	 * The server's certificate does not hold the name that was connected to.
	 */
	HOST_NAME_MISMATCH(402),

	/**
	 * The peer's address is in no allowed network.
	 */
	ADDRESS_NOT_ALLOWED(501),

	/**
	 * No rule allows the peer's identity.
	 */
	IDENTITY_NOT_ALLOWED(502),

	/**
	 * The kill switch is on.
	 */
	KILL_SWITCH(503),

	/**
	 * No key or certificate of the peer's path is pinned.
	 */
	PIN_MISMATCH(504),

	/**
	 * There are as many connections as are allowed, in all, from the address or of the
	 * identity.
	 */
	CONNECTION_LIMIT(505),

	/**
	 * The address began more handshakes in a second than are allowed.
	 */
	HANDSHAKE_RATE(506),

	/**
	 * The certificate was used for more requests than are allowed.
	 */
	REQUEST_RATE(507),

	/**
	 * A file or other source could not be read.
	 */
	SOURCE_UNREADABLE(601),

	/**
	 * A file could not be written.
	 */
	TARGET_UNWRITABLE(602),

	/**
	 * A defect in this software.
	 */
	INTERNAL(901);

	private final int number;

	private final Category category;

	Reason(int number) {
		this.number = number;
		this.category = categoryOf(number);
	}

	/**
	 * The number of this reason, unique among all reasons.
	 * @return three digits, the first of which is the category's
	 */
	public int number() {
		return this.number;
	}

	/**
	 * The category of this reason.
	 * @return the category
	 */
	public Category category() {
		return this.category;
	}

	/**
	 * The name of this reason as metrics, events and documentation write it.
	 * @return the name in lower case with hyphens, such as {@code identity-not-allowed}
	 */
	public String code() {
		return name().toLowerCase(Locale.ROOT).replace('_', '-');
	}

	/**
	 * What usually mends it.
	 * @return the fix, such as {@code renew the certificate, or correct the clock}, which
	 * begins in lower case and has no period at its end
	 */
	public String fix() {
		return RefusalFix.of(this);
	}

	/**
	 * Where the documentation says what the log and the client show of it, and how to
	 * mend it.
	 * @return the file and its anchor, such as
	 * {@code docs/troubleshooting.md#identity-not-allowed}, relative to the root of this
	 * project
	 */
	public String help() {
		return "docs/troubleshooting.md#" + code();
	}

	private static Category categoryOf(int number) {
		for (Category candidate : Category.values()) {
			if (candidate.number() == number / 100) {
				return candidate;
			}
		}
		throw new IllegalArgumentException("No category has the number " + number);
	}

}
