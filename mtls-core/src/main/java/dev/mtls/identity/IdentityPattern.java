package dev.mtls.identity;

import java.util.Optional;

import dev.mtls.decision.MtlsException;
import dev.mtls.decision.Reason;

/**
 * A rule about who a peer is. The types never mix: a rule looks only at the names of its
 * own type. A name in a certificate that holds {@code *} matches no rule, because
 * wildcards are for rules.
 * <table>
 * <caption>The syntax of rules</caption>
 * <tr>
 * <th>Rule</th>
 * <th>Matches a certificate with</th>
 * </tr>
 * <tr>
 * <td>{@code dns:api.example.com} or {@code api.example.com}</td>
 * <td>that DNS name, in any case (RFC 4343)</td>
 * </tr>
 * <tr>
 * <td>{@code dns:*.example.com}</td>
 * <td>a DNS name that has exactly one more label</td>
 * </tr>
 * <tr>
 * <td>{@code spiffe://td/ns/*}{@code /sa/**}</td>
 * <td>one URI, a SPIFFE ID, where {@code *} is one segment and {@code **}, only at the
 * end, one or more; {@code spiffe://td} alone is the ID without a path</td>
 * </tr>
 * <tr>
 * <td>{@code uri:https://example.com/a}</td>
 * <td>that URI: scheme and host in any case, all else exact (RFC 5280, section 7.4)</td>
 * </tr>
 * <tr>
 * <td>{@code cn:…}</td>
 * <td>exactly that common name as its subject's only one</td>
 * </tr>
 * <tr>
 * <td>{@code ou:…}</td>
 * <td>exactly that organizational unit among its subject's</td>
 * </tr>
 * <tr>
 * <td>{@code email:ops@example.com}</td>
 * <td>that e-mail address: the domain in any case, the rest exact (RFC 5280, section
 * 7.5)</td>
 * </tr>
 * <tr>
 * <td>{@code ip:192.0.2.1}, {@code ip:2001:db8::1}</td>
 * <td>that address as a name, wherever the peer connects from</td>
 * </tr>
 * <tr>
 * <td>{@code sha256:…}</td>
 * <td>that SHA-256 fingerprint, in hexadecimal digits with or without colons</td>
 * </tr>
 * <tr>
 * <td>{@code spki-sha256:…}</td>
 * <td>a public key whose SubjectPublicKeyInfo has that SHA-256 digest, in Base64 or
 * hexadecimal digits</td>
 * </tr>
 * </table>
 * Two patterns are equal if they are the same rule in its canonical form, which
 * {@code toString} returns.
 */
public sealed interface IdentityPattern
		permits DigestPattern, DnsPattern, EmailPattern, IpPattern, SpiffePattern, SubjectPattern, UriPattern {

	/**
	 * Whether the rule holds for a peer.
	 * @param peer the peer
	 * @return {@code true} if it does
	 */
	boolean matches(PeerIdentity peer);

	/**
	 * The SPIFFE trust domain that the rule is about.
	 * @return the trust domain, or empty if the rule is not about SPIFFE IDs
	 */
	default Optional<String> spiffeTrustDomain() {
		return Optional.empty();
	}

	/**
	 * Parse a rule.
	 * @param rule the rule, without white space around it
	 * @return the pattern
	 * @throws MtlsException if the rule does not follow the syntax
	 * ({@link Reason#RULE_INVALID})
	 */
	static IdentityPattern parse(String rule) {
		return RuleSyntax.parse(rule);
	}

}
