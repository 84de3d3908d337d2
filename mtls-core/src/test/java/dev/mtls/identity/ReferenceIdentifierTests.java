package dev.mtls.identity;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import dev.mtls.decision.MtlsException;
import dev.mtls.decision.Reason;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for {@link ReferenceIdentifier}.
 */
class ReferenceIdentifierTests {

	@ParameterizedTest
	@CsvSource(delimiter = '|', textBlock = """
			api.example.com       | dns:api.example.com
			API.example.com       | dns:api.EXAMPLE.com
			api.example.com.      | dns:api.example.com
			api.example.com       | dns:other.example.com dns:api.example.com
			api.example.com       | dns:*.example.com
			api.example.com.      | dns:*.EXAMPLE.com
			xn--bcher-kva.example | dns:xn--bcher-kva.example
			xn--a.example.com     | dns:*.example.com
			localhost             | dns:localhost
			192.0.2.1             | ip:192.0.2.1
			::ffff:192.0.2.1      | ip:192.0.2.1
			192.0.2.1             | ip:::ffff:192.0.2.1
			2001:DB8::1           | ip:2001:db8::1
			[2001:db8::1]         | ip:2001:db8::1
			fe80::1%eth0          | ip:fe80::1
			[fe80::1%25eth0]      | ip:fe80::1
			""")
	void matchesWhenServerIsNamedReturnsTrue(String host, String names) {
		assertThat(matches(host, names)).isTrue();
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', textBlock = """
			api.example.com     | dns:api.example.org
			api.example.com     | dns:api.example.com.
			api.example.com     | dns:.example.com
			api.example.com     | cn:api.example.com
			api.example.com     | uri:https://api.example.com
			api.example.com     | uri:api.example.com
			api.example.com     | email:api.example.com
			api.example.com     | dns:*
			api.example.com     | dns:*.com
			api.example.com     | dns:*.*.com
			api.example.com     | dns:a*.example.com
			api.example.com     | dns:*i.example.com
			api.example.com     | dns:**.example.com
			api.example.com     | dns:api.*.com
			api.example.com     | dns:*.other.com
			api.example.com     | dns:*.example.com.evil.org
			a.b.example.com     | dns:*.example.com
			example.com         | dns:*.example.com
			example.com         | dns:*.com
			api.internal        | dns:*.internal
			localhost           | dns:*
			localhost           | dns:*.localhost
			192.0.2.1           | dns:192.0.2.1
			192.0.2.1           | dns:*.0.2.1
			192.0.2.1           | cn:192.0.2.1
			192.0.2.1           | uri:https://192.0.2.1
			192.0.2.1           | ip:192.0.2.2
			2001:db8::1         | ip:2001:db8::2
			::1                 | ip:127.0.0.1
			""")
	void matchesWhenServerHasOnlyLookAlikeReturnsFalse(String host, String names) {
		assertThat(matches(host, names)).isFalse();
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', textBlock = """
			''                   | is empty
			.                    | is empty
			api.example.com..    | ends with a dot
			api..example.com     | empty label
			*.example.com        | holds a character
			api.example.com:443  | holds a character
			https://example.com  | holds a character
			'api.example.com '   | holds a character
			api\u0000.example.com | holds a character
			[192.0.2.1]          | holds a character
			[api.example.com]    | holds a character
			[::1                 | holds a character
			b\u00fccher.example  | not ASCII
			127.1                | is a number
			192.0.2.256          | is a number
			192.0.2.1.           | is a number
			0x7f000001           | is a number
			3221225985           | is a number
			""")
	void ofWhenHostIsInvalidThrowsException(String host, String problem) {
		assertThatExceptionOfType(MtlsException.class).isThrownBy(() -> ReferenceIdentifier.of(host))
			.satisfies((ex) -> assertThat(ex.reason()).isEqualTo(Reason.CONFIGURATION_INVALID))
			.satisfies((ex) -> assertThat(ex.problem()).contains(problem));
	}

	@Test
	void equalsWhenHostIsTheSameReturnsTrue() {
		assertThat(ReferenceIdentifier.of("API.example.com.")).isEqualTo(ReferenceIdentifier.of("api.example.com"))
			.hasSameHashCodeAs(ReferenceIdentifier.of("api.example.com"))
			.hasToString("api.example.com")
			.isNotEqualTo(ReferenceIdentifier.of("example.com"));
		assertThat(ReferenceIdentifier.of("[2001:DB8::1]")).isEqualTo(ReferenceIdentifier.of("2001:db8:0::1"));
	}

	private static boolean matches(String host, String names) {
		return ReferenceIdentifier.of(host).matches(CertificateFixture.identity(names.split(" ")));
	}

}
