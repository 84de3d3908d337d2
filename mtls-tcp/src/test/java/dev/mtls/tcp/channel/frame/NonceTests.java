package dev.mtls.tcp.channel.frame;

import java.math.BigInteger;
import java.util.Random;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for {@link Nonce} and {@link CounterNonces}.
 */
class NonceTests {

	private static final BigInteger MODULUS = BigInteger.ONE.shiftLeft(96);

	private final Random random = new Random(10);

	@Test
	void plusIsTheSumModuloTwoToThe96() {
		for (int i = 0; i < 10_000; i++) {
			Nonce nonce = near();
			long count = Integer.toUnsignedLong(this.random.nextInt());
			assertThat(number(nonce.plus(count))).isEqualTo(number(nonce).add(BigInteger.valueOf(count)).mod(MODULUS));
		}
	}

	@Test
	void isWithinIsWhetherTheDifferenceIsLess() {
		for (int i = 0; i < 10_000; i++) {
			Nonce first = near();
			Nonce nonce = this.random.nextBoolean() ? near() : first.plus(this.random.nextInt(20));
			long count = this.random.nextInt(20);
			boolean within = number(nonce).subtract(number(first))
				.mod(MODULUS)
				.compareTo(BigInteger.valueOf(count)) < 0;
			assertThat(nonce.isWithin(first, count)).as("%s from %s on, %d", nonce, first, count).isEqualTo(within);
		}
	}

	@Test
	void ofBytesIsTheSame() {
		Nonce nonce = new Nonce(0x01020304, 0x05060708090a0b0cL);
		assertThat(nonce.bytes()).containsExactly(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12);
		assertThat(Nonce.of(nonce.bytes())).isEqualTo(nonce);
	}

	@ParameterizedTest
	@CsvSource({ "0,0", "-1,-1", "7,-4294967295", "7,-4294967294", "-1,-4294967294" })
	void containsWhenAllAreGivenOutIsEachOfThem(int high, long low) {
		Nonce first = new Nonce(high, low);
		CounterNonces nonces = new CounterNonces(first, CounterNonces.MAX);
		assertThat(nonces.contains(first)).isTrue();
		assertThat(nonces.contains(first.plus(CounterNonces.MAX / 2))).isTrue();
		assertThat(nonces.contains(first.plus(CounterNonces.MAX - 1))).isTrue();
		assertThat(nonces.contains(first.plus(CounterNonces.MAX))).isFalse();
		assertThat(nonces.contains(before(first))).isFalse();
		assertThatExceptionOfType(ChannelException.class).isThrownBy(nonces::next);
	}

	@Test
	void containsWhenNoneIsGivenOutIsNone() throws Exception {
		Nonce first = new Nonce(7, 7);
		CounterNonces nonces = new CounterNonces(first, 0);
		assertThat(nonces.contains(first)).isFalse();
		assertThat(nonces.next()).isEqualTo(first);
		assertThat(nonces.contains(first)).isTrue();
		assertThat(nonces.contains(new Nonce(7, 8))).isFalse();
	}

	@Test
	void nextGivesFewerThanTwoToThe32() throws Exception {
		assertThat(CounterNonces.MAX).isLessThan(1L << 32);
		CounterNonces nonces = new CounterNonces(new Nonce(7, 0), CounterNonces.MAX - 1);
		assertThat(nonces.next()).isEqualTo(new Nonce(7, 0xffff_fffeL));
		assertThatExceptionOfType(ChannelException.class).isThrownBy(nonces::next);
		assertThatExceptionOfType(ChannelException.class).isThrownBy(nonces::next);
	}

	// Many near the places where something is carried or borrowed
	private Nonce near() {
		int high = this.random.nextBoolean() ? this.random.nextInt(3) - 1 : this.random.nextInt();
		long low = this.random.nextBoolean() ? this.random.nextInt(20) - 10 : this.random.nextLong();
		return new Nonce(high, low);
	}

	private static Nonce before(Nonce nonce) {
		return new Nonce((nonce.low() == 0) ? nonce.high() - 1 : nonce.high(), nonce.low() - 1);
	}

	private static BigInteger number(Nonce nonce) {
		return new BigInteger(1, nonce.bytes());
	}

}
