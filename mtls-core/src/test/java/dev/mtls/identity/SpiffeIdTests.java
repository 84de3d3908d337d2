package dev.mtls.identity;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import dev.mtls.decision.MtlsException;
import dev.mtls.decision.Reason;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * Tests for {@link SpiffeId}.
 */
class SpiffeIdTests {

	@ParameterizedTest
	@CsvSource(delimiter = '|', textBlock = """
			spiffe://example.org                | example.org   | ''
			spiffe://example.org/a              | example.org   | /a
			spiffe://example.org/ns/Prod/sa/api | example.org   | /ns/Prod/sa/api
			spiffe://my_domain-1.x/A-b_c.d/...  | my_domain-1.x | /A-b_c.d/...
			spiffe://10.0.0.1/a                 | 10.0.0.1      | /a
			""")
	void parseWhenValidReturnsParts(String text, String trustDomain, String path) {
		SpiffeId id = SpiffeId.parse(text);
		assertThat(id.trustDomain()).isEqualTo(trustDomain);
		assertThat(id.path()).isEqualTo(path);
		assertThat(id).hasToString(text);
		assertThat(SpiffeId.from(text)).contains(id);
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', textBlock = """
			''                          | does not start
			example.org/a               | does not start
			https://example.org/a       | does not start
			SPIFFE://example.org/a      | does not start
			spiffe:/example.org/a       | does not start
			' spiffe://example.org/a'   | does not start
			spiffe://                   | trust domain is empty
			spiffe:///a                 | trust domain is empty
			spiffe://Example.org/a      | trust domain holds
			spiffe://example.org:443/a  | trust domain holds
			spiffe://user@example.org/a | trust domain holds
			spiffe://exa%6dple.org/a    | trust domain holds
			spiffe://[::1]/a            | trust domain holds
			spiffe://ex\u00e4mple.org/a | trust domain holds
			spiffe://example.org?a      | trust domain holds
			spiffe://example.org/       | empty segment or ends with a slash
			spiffe://example.org/a/     | empty segment or ends with a slash
			spiffe://example.org//a     | empty segment or ends with a slash
			spiffe://example.org/a//b   | empty segment or ends with a slash
			spiffe://example.org/.      | has a segment
			spiffe://example.org/a/../b | has a segment
			spiffe://example.org/a?b=c  | path holds
			spiffe://example.org/a#b    | path holds
			spiffe://example.org/a%2fb  | path holds
			spiffe://example.org/a b    | path holds
			spiffe://example.org/*      | path holds
			spiffe://example.org/\u00e4 | path holds
			spiffe://example.org/a\u0000b | path holds
			""")
	void parseWhenInvalidThrowsException(String text, String problem) {
		assertThatExceptionOfType(MtlsException.class).isThrownBy(() -> SpiffeId.parse(text))
			.satisfies((ex) -> assertThat(ex.reason()).isEqualTo(Reason.CONFIGURATION_INVALID))
			.satisfies((ex) -> assertThat(ex.problem()).contains(problem));
		assertThat(SpiffeId.from(text)).isEmpty();
	}

	@Test
	void parseWhenAtAndBeyondTheLongestLengthsAcceptsAndRejects() {
		String trustDomain = "a".repeat(255);
		assertThat(SpiffeId.from("spiffe://" + trustDomain)).isPresent();
		assertThat(SpiffeId.from("spiffe://a" + trustDomain)).isEmpty();
		String longest = "spiffe://a/" + "b".repeat(2048 - 11);
		assertThat(SpiffeId.from(longest)).isPresent();
		assertThat(SpiffeId.from(longest + "b")).isEmpty();
	}

	@ParameterizedTest
	@ValueSource(strings = { "a", "/", "/a/", "//a", "/a/..", "/%61" })
	void createWhenPathIsInvalidThrowsException(String path) {
		assertThatIllegalArgumentException().isThrownBy(() -> new SpiffeId("example.org", path));
	}

	@ParameterizedTest
	@ValueSource(strings = { "", "A", "a/b" })
	void createWhenTrustDomainIsInvalidThrowsException(String trustDomain) {
		assertThatIllegalArgumentException().isThrownBy(() -> new SpiffeId(trustDomain, ""));
	}

}
