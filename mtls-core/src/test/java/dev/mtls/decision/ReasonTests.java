package dev.mtls.decision;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link Reason}.
 */
class ReasonTests {

	@Test
	void numbersAreUnique() {
		assertThat(Reason.values()).extracting(Reason::number).doesNotHaveDuplicates();
	}

	@ParameterizedTest
	@EnumSource
	void numberBelongsToCategory(Reason reason) {
		assertThat(reason.number()).isBetween(100, 999);
		assertThat(reason.category().number()).isEqualTo(reason.number() / 100);
	}

	@ParameterizedTest
	@EnumSource
	void codeIsSafeInTagsAndAnchors(Reason reason) {
		assertThat(reason.code()).matches("[a-z]+(-[a-z]+)*");
	}

	@ParameterizedTest
	@EnumSource
	void fixFitsIntoASentence(Reason reason) {
		assertThat(reason.fix()).matches("[a-z].*[^.]");
	}

	@Test
	void fixSaysWhatMendsIt() {
		assertThat(Reason.CERTIFICATE_EXPIRED.fix()).isEqualTo("renew the certificate, or correct the clock");
	}

	@Test
	void helpIsThePlaceInTheDocumentation() {
		assertThat(Reason.IDENTITY_NOT_ALLOWED.help()).isEqualTo("docs/troubleshooting.md#identity-not-allowed");
	}

	/**
	 * Dashboards and alerts hang on these.
	 */
	@ParameterizedTest
	@CsvSource({ "configuration-invalid, 101, CONFIGURATION", "trust-missing, 105, CONFIGURATION",
			"host-unresolved, 201, NETWORK", "handshake-failed, 301, TLS", "certificate-missing, 303, TLS",
			"certificate-expired, 305, TLS", "issuer-unknown, 307, TLS", "host-name-mismatch, 402, IDENTITY",
			"address-not-allowed, 501, POLICY", "identity-not-allowed, 502, POLICY", "kill-switch, 503, POLICY",
			"source-unreadable, 601, IO", "internal, 901, INTERNAL" })
	void nameAndNumberAreStable(String code, int number, Category category) {
		assertThat(Reason.values()).filteredOn((reason) -> reason.code().equals(code))
			.singleElement()
			.satisfies((reason) -> {
				assertThat(reason.number()).isEqualTo(number);
				assertThat(reason.category()).isEqualTo(category);
			});
	}

}
