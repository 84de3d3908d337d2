package dev.mtls.revocation;

import java.io.ByteArrayOutputStream;
import java.math.BigInteger;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link SerialTable}.
 */
class SerialTableTests {

	@ParameterizedTest
	@ValueSource(ints = { 0, 1, 2, 7, 8, 9, 64, 1_000, 1_200_000 })
	void containsWhenAddedIsTrueAndElseFalse(int count) {
		Random random = new Random(count);
		Set<BigInteger> numbers = new HashSet<>();
		while (numbers.size() < count) {
			numbers.add(new BigInteger(64 + random.nextInt(96), random));
		}
		SerialTable table = table(numbers);
		assertThat(table.size()).isEqualTo(count);
		assertThat(numbers.stream().filter((number) -> !table.contains(number))).isEmpty();
		assertThat(numbers.stream().map((number) -> number.flipBit(40)).filter(table::contains))
			.allMatch(numbers::contains);
	}

	@Test
	void containsWhenNumbersAreOfAnyLengthAndSignAnswersForEach() {
		Random random = new Random(44);
		List<BigInteger> numbers = IntStream.range(0, 40_000)
			.mapToObj((i) -> new BigInteger(random.nextInt(SerialTable.MAX_LENGTH * 8), random))
			.map((number) -> random.nextBoolean() ? number : number.not())
			.toList();
		Set<BigInteger> added = new HashSet<>(numbers.subList(0, 20_000));
		SerialTable table = table(added);
		assertThat(table.size()).isEqualTo(added.size());
		assertThat(numbers).allSatisfy((number) -> {
			assertThat(table.contains(number)).isEqualTo(added.contains(number));
			assertThat(table.contains(number.not())).isEqualTo(added.contains(number.not()));
		});
	}

	@Test
	void sizeWhenNumbersAreRepeatedCountsThemOnce() {
		Random random = new Random(45);
		List<BigInteger> often = IntStream.range(0, 300_000)
			.mapToObj((i) -> BigInteger.valueOf(random.nextInt(3)).shiftLeft(100))
			.toList();
		SerialTable table = table(often);
		assertThat(table.size()).isEqualTo(3);
		assertThat(IntStream.range(0, 9).filter((i) -> table.contains(BigInteger.valueOf(i).shiftLeft(100))))
			.containsExactly(0, 1, 2);
	}

	@Test
	void containsWhenNumberDoesNotFitIsFalse() {
		SerialTable table = table(List.of(BigInteger.ZERO, BigInteger.valueOf(0xff)));
		assertThat(table.contains(BigInteger.ONE.negate())).isFalse();
		assertThat(table.contains(BigInteger.valueOf(0x1ff))).isFalse();
		assertThat(table.contains(BigInteger.ONE.shiftLeft(400))).isFalse();
		assertThat(table.contains(BigInteger.valueOf(0xff))).isTrue();
		assertThat(table.contains(BigInteger.ZERO)).isTrue();
	}

	// A free slot holds the octets of zero. Each table has a seed of its own, so that
	// among
	// so many the slot stands behind every tag
	@Test
	void zeroIsContainedWhenAddedOnly() {
		BigInteger two = BigInteger.TWO;
		for (int i = 0; i < 5_000; i++) {
			assertThat(table(List.of(two)).contains(BigInteger.ZERO)).isFalse();
			SerialTable table = table(List.of(two, BigInteger.ZERO, BigInteger.ONE, BigInteger.TEN));
			assertThat(table.size()).isEqualTo(4);
			assertThat(table.contains(BigInteger.ZERO)).isTrue();
		}
	}

	private static SerialTable table(Collection<BigInteger> numbers) {
		ByteArrayOutputStream source = new ByteArrayOutputStream();
		for (BigInteger number : numbers) {
			byte[] octets = number.toByteArray();
			source.write(octets.length);
			source.writeBytes(octets);
		}
		SerialTable.Builder builder = new SerialTable.Builder(new SerialHash(SerialTable.MAX_LENGTH),
				source.toByteArray(), 0);
		int start = 1;
		for (BigInteger number : numbers) {
			int end = start + number.toByteArray().length;
			builder.add(start, end);
			start = end + 1;
		}
		return builder.build();
	}

}
