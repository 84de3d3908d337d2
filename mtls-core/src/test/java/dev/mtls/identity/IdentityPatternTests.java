package dev.mtls.identity;

import java.util.Base64;
import java.util.HexFormat;
import java.util.Locale;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import dev.mtls.decision.MtlsException;
import dev.mtls.decision.Reason;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for {@link IdentityPattern}.
 */
class IdentityPatternTests {

	private static final String LABEL_63 = "a".repeat(63);

	@ParameterizedTest
	@CsvSource(delimiter = '|', textBlock = """
			dns:api.example.com           | dns:api.example.com
			dns:api.example.com           | dns:other.example.com dns:api.example.com uri:https://x
			api.example.com               | dns:api.example.com
			api.example.com               | dns:API.Example.COM
			API.Example.COM               | dns:api.example.com
			localhost                     | dns:localhost
			my_service                    | dns:my_service
			xn--bcher-kva.example         | dns:XN--bcher-kva.example
			dns:*.example.com             | dns:api.example.com
			*.example.com                 | dns:API.EXAMPLE.com
			dns:*.EXAMPLE.com             | dns:a.example.com
			dns:*.example.com             | dns:xn--bcher-kva.example.com
			dns:*.example.com             | dns:*.example.com dns:api.example.com
			dns:*.internal                | dns:api.internal
			dns:*.b.example.com           | dns:a.b.example.com
			spiffe://td                   | uri:spiffe://td
			spiffe://td/a/b               | uri:spiffe://td/a/b
			spiffe://td/a/b               | uri:spiffe://td/a/b dns:api.example.com
			spiffe://td/*                 | uri:spiffe://td/a
			spiffe://td/**                | uri:spiffe://td/a
			spiffe://td/**                | uri:spiffe://td/a/b/c
			spiffe://td/*/**              | uri:spiffe://td/a/b
			spiffe://td/ns/*/sa/**        | uri:spiffe://td/ns/prod/sa/api
			spiffe://td/ns/*/sa/**        | uri:spiffe://td/ns/prod/sa/api/v1
			spiffe://td/*/sa/*            | uri:spiffe://td/prod/sa/api
			uri:https://example.com/a     | uri:https://example.com/a
			uri:https://example.com/a     | uri:HTTPS://Example.COM/a
			uri:https://EXAMPLE.com/a     | uri:https://example.com/a
			uri:https://u@example.com:1/a | uri:https://u@EXAMPLE.com:1/a
			uri:https://example.com/a     | uri:https://example.com/b uri:https://example.com/a
			uri:urn:uuid:F81d             | uri:URN:uuid:F81d
			uri:https://[2001:db8::a]/a   | uri:https://[2001:DB8::A]/a
			cn:client                     | cn:client
			cn:client                     | cn:client dns:api.example.com
			ou:payments                   | cn:client ou:other ou:payments
			email:Ops@example.com         | email:Ops@EXAMPLE.com
			email:ops@EXAMPLE.com         | email:dev@example.com email:ops@example.com
			ip:192.0.2.1                  | ip:192.0.2.1
			ip:192.0.2.1                  | ip:::ffff:192.0.2.1
			ip:::ffff:192.0.2.1           | ip:192.0.2.1
			ip:::ffff:c000:201            | ip:192.0.2.1
			ip:2001:DB8:0::1              | ip:2001:db8::1
			ip:::1                        | dns:a ip:::1
			""")
	void matchesWhenCertificateHasNameReturnsTrue(String rule, String names) {
		assertThat(matches(rule, names)).isTrue();
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', textBlock = """
			dns:api.example.com       | dns:api.example.org
			dns:api.example.com       | dns:api.example.com.
			dns:api.example.com       | dns:xapi.example.com
			dns:api.example.com       | dns:api.example.com.evil.org
			dns:api.example.com       | dns:*.example.com
			dns:api.example.com       | dns:a.api.example.com
			dns:api.example.com       | uri:api.example.com
			dns:api.example.com       | uri:https://api.example.com
			dns:api.example.com       | cn:api.example.com
			dns:api.example.com       | email:api.example.com
			dns:api.example.com       | cn:client
			dns:*.example.com         | dns:example.com
			dns:*.example.com         | dns:a.b.example.com
			dns:*.example.com         | dns:.example.com
			dns:*.example.com         | dns:api.other.com
			dns:*.example.com         | dns:apiexample.com
			dns:*.example.com         | dns:api-example.com
			dns:*.example.com         | dns:api.example.com.
			dns:*.example.com         | dns:api.example.com.evil.org
			dns:*.example.com         | dns:*.example.com
			dns:*.example.com         | dns:a*.example.com
			dns:*.example.com         | dns:**.example.com
			dns:*.example.com         | dns:a/b.example.com
			dns:*.example.com         | dns:a@b.example.com
			dns:*.example.com         | uri:https://api.example.com
			dns:*.example.com         | uri:api.example.com
			dns:*.example.com         | cn:api.example.com
			dns:*.internal            | dns:internal
			dns:*.internal            | dns:a.b.internal
			spiffe://td/a/b           | uri:spiffe://other/a/b
			spiffe://td/a/b           | uri:spiffe://td.evil/a/b
			spiffe://td/a/b           | uri:spiffe://t/a/b
			spiffe://td/a/b           | uri:spiffe://TD/a/b
			spiffe://td/a/b           | uri:SPIFFE://td/a/b
			spiffe://td/a/b           | uri:spiffe://td/a/c
			spiffe://td/a/b           | uri:spiffe://td/a/bc
			spiffe://td/a/b           | uri:spiffe://td/a
			spiffe://td/a/b           | uri:spiffe://td/a/b/c
			spiffe://td/a/b           | uri:spiffe://td/a/B
			spiffe://td/a/b           | uri:spiffe://td/a/b/
			spiffe://td/a/b           | uri:spiffe://td/a//b
			spiffe://td/a/b           | uri:spiffe://td/a/b?c
			spiffe://td/a/b           | uri:spiffe://td/a/b#c
			spiffe://td/a/b           | uri:spiffe://td/a/%62
			spiffe://td/a/b           | uri:spiffe://td/a/x/../b
			spiffe://td/a/b           | uri:spiffe://td/a/./b
			spiffe://td/a/b           | uri:spiffe://td:443/a/b
			spiffe://td/a/b           | uri:spiffe://u@td/a/b
			spiffe://td/a/b           | uri:https://td/a/b
			spiffe://td/a/b           | dns:spiffe://td/a/b
			spiffe://td/a/b           | cn:spiffe://td/a/b
			spiffe://td/a/b           | uri:spiffe://td/a/b uri:spiffe://td/a/c
			spiffe://td/a/b           | uri:spiffe://td/a/b uri:https://example.com
			spiffe://td/a/b           | uri:spiffe://td/a/b uri:spiffe://td/a/b
			spiffe://td               | uri:spiffe://td/
			spiffe://td               | uri:spiffe://td/a
			spiffe://td/*             | uri:spiffe://td
			spiffe://td/*             | uri:spiffe://td/
			spiffe://td/*             | uri:spiffe://td/*
			spiffe://td/*             | uri:spiffe://td/a/b
			spiffe://td/*             | uri:spiffe://td.evil.org/a
			spiffe://td/**            | uri:spiffe://td
			spiffe://td/**            | uri:spiffe://td/
			spiffe://td/**            | uri:spiffe://td/a/../b
			spiffe://td/**            | uri:spiffe://tdx/a
			spiffe://td/a/**          | uri:spiffe://td/a
			spiffe://td/a/**          | uri:spiffe://td/ab/c
			spiffe://td/ns/*/sa/**    | uri:spiffe://td/ns/prod/sa
			spiffe://td/ns/*/sa/**    | uri:spiffe://td/ns/sa/api
			spiffe://td/ns/*/sa/**    | uri:spiffe://td/ns/a/b/sa/api
			spiffe://td/ns/*/sa/**    | uri:spiffe://td/ns/prod/SA/api
			uri:https://example.com/a | uri:https://example.com/A
			uri:https://example.com/a | uri:https://example.com/a/
			uri:https://example.com/a | uri:https://example.com/a?b
			uri:https://example.com/a | uri:https://example.com/%61
			uri:https://example.com/a | uri:https://example.com:443/a
			uri:https://example.com/a | uri:http://example.com/a
			uri:https://U@example.com | uri:https://u@example.com
			uri:https://example.com   | dns:https://example.com
			uri:https://example.com   | dns:example.com
			uri:https://example.com   | cn:https://example.com
			uri:urn:a:b               | uri:urn:a:B
			cn:client                 | cn:Client
			cn:client                 | cn:client2
			cn:client                 | cn:client cn:other
			cn:client                 | cn:client cn:client
			cn:client                 | ou:client
			cn:client                 | dns:client
			ou:payments               | ou:Payments
			ou:payments               | cn:payments
			email:ops@example.com     | email:Ops@example.com
			email:ops@example.com     | email:xops@example.com
			email:ops@example.com     | email:ops@example.com.evil.org
			email:ops@example.com     | email:ops@sub.example.com
			email:ops@example.com     | email:example.com
			email:ops@example.com     | dns:ops@example.com
			email:ops@example.com     | uri:mailto:ops@example.com
			ip:192.0.2.1              | ip:192.0.2.10
			ip:192.0.2.1              | dns:192.0.2.1
			ip:192.0.2.1              | cn:192.0.2.1
			ip:2001:db8::1            | ip:2001:db8::2
			ip:::1                    | ip:127.0.0.1
			ip:::192.0.2.1            | ip:192.0.2.1
			""")
	void matchesWhenCertificateHasOnlyLookAlikeReturnsFalse(String rule, String names) {
		assertThat(matches(rule, names)).isFalse();
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', quoteCharacter = '"',
			textBlock = """
					""                              | A rule is empty                   | remove it
					" "                             | A rule is empty                   | remove it
					" api.example.com"              | starts or ends with white space   | Remove
					"api.example.com\t"             | starts or ends with white space   | Remove
					dns:                            | Nothing follows the colon         | Write the name
					spiffe:                         | Nothing follows the colon         | Write the name
					cn:                             | Nothing follows the colon         | Write the name
					dns:api.example.com.            | ends with a dot                   | Remove the dot
					api.example.com.                | ends with a dot                   | Remove the dot
					.                               | ends with a dot                   | Remove the dot
					.example.com                    | has an empty label                | superfluous dot
					api..example.com                | has an empty label                | superfluous dot
					"dns: api.example.com"          | holds a character other than      | api.example.com
					"dns:api example.com"           | holds a character other than      | api.example.com
					dns:api\u0000.example.com       | holds a character other than      | api.example.com
					api.example.com/path            | holds a character other than      | api.example.com
					user@example.com                | holds a character other than      | api.example.com
					-api.example.com                | starts or ends with a hyphen      | Remove the hyphen
					api-.example.com                | starts or ends with a hyphen      | Remove the hyphen
					b\u00fccher.example             | not ASCII                         | xn--
					dns:*.b\u00fccher.example       | not ASCII                         | xn--
					api.example.com\u212a           | not ASCII                         | xn--
					*                               | would allow every name            | leave the rules unset
					dns:*                           | would allow every name            | leave the rules unset
					*.                              | The DNS name is empty             | api.example.com
					*.*                             | whole left-most label             | dns:*.example.com
					**                              | whole left-most label             | dns:*.example.com
					dns:a*.example.com              | whole left-most label             | dns:*.example.com
					dns:*a.example.com              | whole left-most label             | dns:*.example.com
					dns:**.example.com              | whole left-most label             | dns:*.example.com
					dns:*.*.example.com             | whole left-most label             | dns:*.example.com
					dns:api.*.com                   | whole left-most label             | dns:*.example.com
					dns:example.*                   | whole left-most label             | dns:*.example.com
					dns:*.example.com.              | ends with a dot                   | Remove the dot
					192.0.2.1                       | IP address, not a DNS name        | Write ip:192.0.2.1
					dns:192.0.2.1                   | IP address, not a DNS name        | Write ip:192.0.2.1
					dns:2001:db8::1                 | IP address, not a DNS name        | Write ip:2001:db8::1
					2001:db8::1                     | IP address, not a DNS name        | Write ip:2001:db8::1
					::1                             | IP address, not a DNS name        | Write ip:::1
					127.1                           | last label of the DNS name is a number | Write
					example.0x7f                    | last label of the DNS name is a number | Write
					192.0.2.0/24                    | holds a character other than      | Write
					foo:bar                         | no type of rule 'foo:'            | Use one of dns:, spiffe:, uri:, cn:, ou:, email:, ip:, sha256:, spki-sha256:
					https://example.com             | no type of rule 'https:'          | uri:
					cert-sha256:00                  | no type of rule 'cert-sha256:'    | sha256:
					a256:00                         | no type of rule 'a256:'           | sha256:
					:bar                            | no type of rule ':'               | dns:
					DNS:api.example.com             | not in lower case                 | Write dns:
					SPIFFE://td/a                   | not in lower case                 | Write spiffe:
					api.example.com:8443            | no type of rule 'api.example.com:' | a port is no part of a name
					spiffe:td/a                     | not followed by two slashes       | spiffe://
					spiffe:/td/a                    | not followed by two slashes       | spiffe://
					spiffe://                       | trust domain is empty             | trust domain
					spiffe:///a                     | trust domain is empty             | trust domain
					spiffe://TD/a                   | trust domain holds                | lower case
					spiffe://*/a                    | trust domain holds                | trust domain
					spiffe://*.td/a                 | trust domain holds                | trust domain
					spiffe://td:443/a               | trust domain holds                | without a port
					spiffe://u@td/a                 | trust domain holds                | trust domain
					spiffe://td?a                   | trust domain holds                | trust domain
					spiffe://**                     | trust domain holds                | trust domain
					spiffe://td/                    | empty segment or ends with a slash | spiffe://
					spiffe://td/a/                  | empty segment or ends with a slash | spiffe://
					spiffe://td//a                  | empty segment or ends with a slash | spiffe://
					spiffe://td/**/                 | not the last segment              | spiffe://
					spiffe://td/**/a                | not the last segment              | spiffe://
					spiffe://td/**/**               | not the last segment              | spiffe://
					spiffe://td/foo*bar             | only a part of a segment          | spiffe://
					spiffe://td/a*                  | only a part of a segment          | spiffe://
					spiffe://td/***                 | only a part of a segment          | spiffe://
					spiffe://td/a/..                | segment '.' or '..'               | spiffe://
					spiffe://td/./a                 | segment '.' or '..'               | spiffe://
					spiffe://td/a?b                 | path holds a character            | spiffe://
					spiffe://td/a#b                 | path holds a character            | spiffe://
					spiffe://td/%61                 | path holds a character            | spiffe://
					"spiffe://td/a b"               | path holds a character            | spiffe://
					uri:spiffe://td/a               | rules of their own                | Write spiffe://
					uri:SPIFFE://td/a               | rules of their own                | Write spiffe://
					uri:https://example.com/*       | is no wildcard                    | in full
					uri:/a                          | no absolute URI                   | uri:https://
					uri:example.com                 | no absolute URI                   | uri:https://
					"uri:https://example.com/a b"   | no absolute URI                   | uri:https://
					uri:https://b\u00fccher.example | no absolute URI                   | uri:https://
					"uri: https://example.com"      | no absolute URI                   | uri:https://
					cn:*                            | is no wildcard in a cn: rule      | in full
					ou:pay*                         | is no wildcard in a ou: rule      | in full
					"cn: client"                    | starts with white space           | Remove
					cn:a\u0000b                     | cannot be printed                 | printable
					cn:a\u202eb                     | cannot be printed                 | printable
					email:example.com               | has no '@'                        | ops@example.com
					email:@example.com              | no local part                     | letters
					email:a@b@example.com           | no local part                     | letters
					email:.a@example.com            | no local part                     | letters
					"email:a b@example.com"         | no local part                     | letters
					email:*@example.com             | is no wildcard                    | in full
					email:ops@*.example.com         | is no wildcard                    | in full
					email:ops@                      | The DNS name is empty             | api.example.com
					email:ops@example.com.          | ends with a dot                   | Remove the dot
					ip:192.0.2.0/24                 | no IP address                     | name no networks
					ip:192.0.2                      | no IP address                     | ip:192.0.2.1
					ip:192.0.2.256                  | no IP address                     | ip:192.0.2.1
					ip:192.0.2.01                   | no IP address                     | ip:192.0.2.1
					ip:3221225985                   | no IP address                     | ip:192.0.2.1
					ip:0x7f.0.0.1                   | no IP address                     | ip:192.0.2.1
					ip:localhost                    | no IP address                     | ip:192.0.2.1
					ip:[::1]                        | no IP address                     | ip:192.0.2.1
					ip:fe80::1%eth0                 | no IP address                     | ip:192.0.2.1
					ip:1::2::3                      | no IP address                     | ip:192.0.2.1
					ip:1:2:3:4:5:6:7:8:9            | no IP address                     | ip:192.0.2.1
					ip::                            | no IP address                     | ip:192.0.2.1
					ip:::ffff:192.0.2.01            | no IP address                     | ip:192.0.2.1
					ip:\u0661.2.3.4                 | no IP address                     | ip:192.0.2.1
					sha256:00                       | no SHA-256 digest                 | 64 hexadecimal digits
					sha256:zz                       | no SHA-256 digest                 | 64 hexadecimal digits
					sha256:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA= | no SHA-256 digest | 64 hexadecimal digits
					spki-sha256:00                  | no SHA-256 digest                 | Base64
					spki-sha256:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA  | no SHA-256 digest | Base64
					spki-sha256:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAB= | no SHA-256 digest | Base64
					spki-sha256:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA== | no SHA-256 digest | Base64
					spki-sha256:-AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA= | no SHA-256 digest | Base64
					""")
	void parseWhenInvalidThrowsException(String rule, String problem, String fix) {
		assertThatExceptionOfType(MtlsException.class).isThrownBy(() -> IdentityPattern.parse(rule))
			.satisfies((ex) -> assertThat(ex.reason()).isEqualTo(Reason.RULE_INVALID))
			.satisfies((ex) -> assertThat(ex.problem()).contains(problem))
			.satisfies((ex) -> assertThat(ex.fix()).contains(fix));
	}

	@Test
	void parseWhenInvalidNamesRuleAsPlace() {
		assertThatExceptionOfType(MtlsException.class).isThrownBy(() -> IdentityPattern.parse("a*.example.com"))
			.withMessageStartingWith("a*.example.com: ")
			.satisfies((ex) -> assertThat(ex.place()).isEqualTo("a*.example.com"));
	}

	@Test
	void parseWhenLengthsAreAtTheirLimitAcceptsAndBeyondRejects() {
		String name253 = "%1$s.%1$s.%1$s.%2$s".formatted(LABEL_63, "a".repeat(61));
		assertAcceptedAndRejected("dns:" + name253, "dns:" + name253 + "a");
		assertAcceptedAndRejected("dns:*." + LABEL_63, "dns:*." + LABEL_63 + "a");
		String uri2048 = "uri:https://a/" + "b".repeat(2048 - 10);
		assertAcceptedAndRejected(uri2048, uri2048 + "b");
		String spiffe2048 = "spiffe://a/" + "b".repeat(2048 - 11);
		assertAcceptedAndRejected(spiffe2048, spiffe2048 + "b");
		assertAcceptedAndRejected("spiffe://" + "a".repeat(255), "spiffe://" + "a".repeat(256));
		assertAcceptedAndRejected("email:" + "a".repeat(64) + "@b", "email:" + "a".repeat(65) + "@b");
		assertAcceptedAndRejected("cn:" + "a".repeat(4093), "cn:" + "a".repeat(4094));
	}

	@Test
	void matchesWhenLabelIsAtItsLimitReturnsTrueAndBeyondFalse() {
		assertThat(matches("dns:*.example.com", "dns:" + LABEL_63 + ".example.com")).isTrue();
		assertThat(matches("dns:*.example.com", "dns:" + LABEL_63 + "a.example.com")).isFalse();
	}

	@Test
	void matchesWhenFingerprintIsThatOfCertificateReturnsTrue() {
		PeerIdentity peer = CertificateFixture.identity("cn:a");
		String colons = HexFormat.ofDelimiter(":").withUpperCase().formatHex(bytes(peer.fingerprint()));
		assertThat(IdentityPattern.parse("sha256:" + peer.fingerprint()).matches(peer)).isTrue();
		assertThat(IdentityPattern.parse("sha256:" + peer.fingerprint().toUpperCase(Locale.ROOT)).matches(peer))
			.isTrue();
		assertThat(IdentityPattern.parse("sha256:" + colons).matches(peer)).isTrue();
		assertThat(IdentityPattern.parse("sha256:" + colons)).hasToString("sha256:" + peer.fingerprint());
		assertThat(IdentityPattern.parse("sha256:" + peer.keyDigest()).matches(peer)).isFalse();
		assertThat(matches("sha256:" + peer.fingerprint(), "cn:b")).isFalse();
		assertThat(matches("sha256:" + peer.fingerprint(), "cn:" + peer.fingerprint())).isFalse();
	}

	@Test
	void matchesWhenKeyDigestIsThatOfKeyReturnsTrue() {
		PeerIdentity peer = CertificateFixture.identity("cn:a");
		String base64 = Base64.getEncoder().encodeToString(bytes(peer.keyDigest()));
		String colons = HexFormat.ofDelimiter(":").withUpperCase().formatHex(bytes(peer.keyDigest()));
		assertThat(IdentityPattern.parse("spki-sha256:" + base64).matches(peer)).isTrue();
		assertThat(IdentityPattern.parse("spki-sha256:" + peer.keyDigest()).matches(peer)).isTrue();
		assertThat(IdentityPattern.parse("spki-sha256:" + colons).matches(peer)).isTrue();
		assertThat(IdentityPattern.parse("spki-sha256:" + colons)).hasToString("spki-sha256:" + base64);
		assertThat(IdentityPattern.parse("spki-sha256:" + peer.fingerprint()).matches(peer)).isFalse();
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', textBlock = """
			Api.Example.com                | dns:api.example.com
			dns:*.Example.com              | dns:*.example.com
			spiffe://td                    | spiffe://td
			spiffe://td/**                 | spiffe://td/**
			spiffe://td/ns/*/sa/**         | spiffe://td/ns/*/sa/**
			uri:HTTPS://U@Example.com:1/A# | uri:https://U@example.com:1/A#
			uri:URN:Uuid:A                 | uri:urn:Uuid:A
			cn:My Client                   | cn:My Client
			ou:a\\b                         | ou:a\\b
			email:Ops@Example.com          | email:Ops@example.com
			ip:2001:DB8::1                 | ip:2001:db8:0:0:0:0:0:1
			ip:::ffff:192.0.2.1            | ip:192.0.2.1
			""")
	void toStringReturnsCanonicalRuleThatParsesToEqualPattern(String rule, String canonical) {
		IdentityPattern pattern = IdentityPattern.parse(rule);
		assertThat(pattern).hasToString(canonical);
		assertThat(IdentityPattern.parse(canonical)).isEqualTo(pattern).hasSameHashCodeAs(pattern);
	}

	@Test
	void equalsWhenOnlyTypeDiffersReturnsFalse() {
		assertThat(IdentityPattern.parse("cn:a")).isNotEqualTo(IdentityPattern.parse("ou:a"));
		assertThat(IdentityPattern.parse("dns:a.b")).isNotEqualTo(IdentityPattern.parse("dns:*.a.b"));
		assertThat(IdentityPattern.parse("spiffe://td/a")).isNotEqualTo(IdentityPattern.parse("spiffe://td/a/**"));
	}

	private static boolean matches(String rule, String names) {
		return IdentityPattern.parse(rule).matches(CertificateFixture.identity(names.split(" ")));
	}

	private static void assertAcceptedAndRejected(String accepted, String rejected) {
		assertThat(IdentityPattern.parse(accepted)).hasToString(accepted);
		assertThatExceptionOfType(MtlsException.class).isThrownBy(() -> IdentityPattern.parse(rejected));
	}

	private static byte[] bytes(String hex) {
		return HexFormat.of().parseHex(hex);
	}

}
