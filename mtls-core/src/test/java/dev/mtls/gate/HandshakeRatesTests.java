package dev.mtls.gate;

import java.util.stream.IntStream;
import java.util.stream.LongStream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link HandshakeRates}.
 */
class HandshakeRatesTests {

	private static final long SECOND = 1_800_000_000L;

	@ParameterizedTest
	@ValueSource(ints = { 1, 2, 100, HandshakeRates.MAX_LIMIT })
	void tryAddWhenLimitIsReachedRefusesUntilNextSecond(int limit) {
		HandshakeRates rates = new HandshakeRates(limit);
		for (int i = 0; i < limit; i++) {
			assertThat(rates.tryAdd(1, SECOND)).isTrue();
		}
		assertThat(rates.tryAdd(1, SECOND)).isFalse();
		assertThat(rates.tryAdd(1, SECOND)).isFalse();
		assertThat(rates.tryAdd(2, SECOND)).isTrue();
		assertThat(rates.tryAdd(1, SECOND + 1)).isTrue();
	}

	@Test
	void tryAddWithoutLimitAdmitsAll() {
		HandshakeRates rates = new HandshakeRates(ConnectionLimits.UNLIMITED);
		assertThat(IntStream.range(0, 100_000)).allMatch((i) -> rates.tryAdd(1, SECOND));
	}

	@Test
	void tryAddWhenMillionAddressesComeRefusesNoneOfThem() {
		HandshakeRates rates = new HandshakeRates(1);
		assertThat(LongStream.range(0, 1_000_000).filter((address) -> !rates.tryAdd(address, SECOND)).count()).isZero();
	}

	@Test
	void tryAddWhenMillionAddressesComeStillCountsTheFrequentOne() {
		HandshakeRates rates = new HandshakeRates(10);
		long frequent = -1;
		long admitted = 0;
		for (long address = 0; address < 1_000_000; address++) {
			rates.tryAdd(address, SECOND);
			if (address % 10 == 0 && rates.tryAdd(frequent, SECOND)) {
				admitted++;
			}
		}
		assertThat(admitted).isBetween(10L, 100L);
	}

	@Test
	void tryAddWhenManyThreadsAddAdmitsNoMoreThanLimit() {
		HandshakeRates rates = new HandshakeRates(1000);
		long admitted = IntStream.range(0, 100_000).parallel().filter((i) -> rates.tryAdd(7, SECOND)).count();
		assertThat(admitted).isBetween(900L, 1000L);
	}

}
