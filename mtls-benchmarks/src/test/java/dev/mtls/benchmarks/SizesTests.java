package dev.mtls.benchmarks;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * Tests for {@link Sizes}.
 */
class SizesTests {

	private static final String NAME = "size.of.a.test";

	@AfterEach
	void clear() {
		System.clearProperty(NAME);
	}

	@Test
	void positiveWhenPropertyIsMissingIsTheOther() {
		assertThat(Sizes.positive(NAME, 25)).isEqualTo(25);
	}

	@Test
	void positiveWhenPropertyIsSetIsItsValue() {
		System.setProperty(NAME, "1");
		assertThat(Sizes.positive(NAME, 25)).isOne();
	}

	@ParameterizedTest
	@ValueSource(strings = { "0", "-1", "many", "", "1.5", "2147483648" })
	void positiveWhenValueIsNoneNamesIt(String value) {
		System.setProperty(NAME, value);
		assertThatIllegalArgumentException().isThrownBy(() -> Sizes.positive(NAME, 25))
			.withMessage("-D%s=%s is not a whole number from 1 to 2147483647", NAME, value);
	}

	@Test
	void notNegativeWhenPropertyIsZeroIsZero() {
		System.setProperty(NAME, "0");
		assertThat(Sizes.notNegative(NAME, 8)).isZero();
	}

	@Test
	void notNegativeWhenValueIsNegativeNamesIt() {
		System.setProperty(NAME, "-1");
		assertThatIllegalArgumentException().isThrownBy(() -> Sizes.notNegative(NAME, 8))
			.withMessage("-D%s=-1 is not a whole number from 0 to 2147483647", NAME);
	}

}
