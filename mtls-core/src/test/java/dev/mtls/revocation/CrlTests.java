package dev.mtls.revocation;

import java.math.BigInteger;
import java.security.cert.X509CRL;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import dev.mtls.authority.CertificateAuthority;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link Crl}: which serial numbers it lists. The JDK's CRL is the oracle.
 */
class CrlTests {

	private static final CertificateAuthority CA = CrlFixture.authority("Root");

	@ParameterizedTest(name = "{0}")
	@MethodSource
	void isRevokedAnswersAsJdkDoes(String name, List<BigInteger> serialNumbers) {
		CrlFixture fixture = CrlFixture.crl(CA);
		serialNumbers.forEach(fixture::revoke);
		byte[] der = fixture.der();
		Crl crl = CrlFixture.accepted(CrlFixture.document(der).verify(CA.certificate()));
		X509CRL jdk = CrlFixture.jdk(der);
		assertThat(crl.size()).isEqualTo(Set.copyOf(serialNumbers).size());
		for (BigInteger serialNumber : neighbours(serialNumbers)) {
			assertThat(crl.isRevoked(serialNumber)).as("%x", serialNumber)
				.isEqualTo(jdk.getRevokedCertificate(serialNumber) != null);
		}
	}

	static Stream<Arguments> isRevokedAnswersAsJdkDoes() {
		Random random = new Random(42);
		List<BigInteger> edges = IntStream.range(0, 160).mapToObj(BigInteger.ONE::shiftLeft).toList();
		List<BigInteger> belowEdges = edges.stream().map((edge) -> edge.subtract(BigInteger.ONE)).toList();
		return Stream.of(Arguments.of("none", List.of()), Arguments.of("zero", List.of(BigInteger.ZERO)),
				Arguments.of("zero twice", List.of(BigInteger.ZERO, BigInteger.ZERO)),
				Arguments.of("one", List.of(BigInteger.ONE)),
				Arguments.of("minus one", List.of(BigInteger.ONE.negate())), Arguments.of("edges", edges),
				Arguments.of("below edges", belowEdges),
				Arguments.of("both signs",
						Stream.concat(edges.stream().limit(152), belowEdges.stream().map(BigInteger::not)).toList()),
				Arguments.of("a byte, of both signs",
						IntStream.rangeClosed(-128, 127).mapToObj(BigInteger::valueOf).toList()),
				Arguments.of("consecutive", numbers(5_000, BigInteger::valueOf)),
				Arguments.of("multiples of 2^32", numbers(5_000, (i) -> BigInteger.valueOf(i).shiftLeft(32))),
				Arguments.of("equal in their ends",
						numbers(5_000, (i) -> BigInteger.valueOf(i).shiftLeft(64).or(BigInteger.ONE.shiftLeft(140)))),
				Arguments.of("twice", numbers(2_000, (i) -> BigInteger.valueOf(i / 2))),
				Arguments.of("of 16 octets", numbers(5_000, (i) -> new BigInteger(128, random))),
				Arguments.of("of 20 octets", numbers(5_000, (i) -> new BigInteger(159, random))),
				Arguments.of("of any length", numbers(5_000, (i) -> new BigInteger(1 + i % 160, random))));
	}

	@Test
	void isRevokedWhenManyAnswersAsJdkDoes() {
		Random random = new Random(43);
		List<BigInteger> serialNumbers = numbers(100_000, (i) -> new BigInteger(127, random));
		CrlFixture fixture = CrlFixture.crl(CA);
		for (int i = 0; i < serialNumbers.size(); i++) {
			if (i % 2 == 0) {
				fixture.revoke(serialNumbers.get(i));
			}
		}
		byte[] der = fixture.der();
		Crl crl = CrlFixture.accepted(CrlFixture.document(der).verify(CA.certificate()));
		X509CRL jdk = CrlFixture.jdk(der);
		assertThat(crl.size()).isEqualTo(50_000);
		assertThat(serialNumbers).allSatisfy((serialNumber) -> assertThat(crl.isRevoked(serialNumber))
			.isEqualTo(jdk.getRevokedCertificate(serialNumber) != null));
	}

	@Test
	void isRevokedWhenSerialNumberIsLongerThanAnyListedIsFalse() {
		Crl crl = CrlFixture.crl(CA).revoke(1).verified();
		assertThat(crl.isRevoked(BigInteger.ONE.add(BigInteger.ONE.shiftLeft(32)))).isFalse();
		assertThat(crl.isRevoked(BigInteger.ONE.add(BigInteger.ONE.shiftLeft(400)))).isFalse();
		assertThat(crl.isRevoked(BigInteger.ONE)).isTrue();
	}

	@Test
	void equalsWhenSameBytesFromElsewhereIsTrue() {
		byte[] der = CrlFixture.crl(CA).revoke(1).der();
		Crl crl = CrlFixture.accepted(CrlFixture.document(der).verify(CA.certificate()));
		Crl elsewhere = CrlFixture.accepted(CrlDocument.read("elsewhere", der).get(0).verify(CA.certificate()));
		assertThat(crl).isEqualTo(elsewhere).hasSameHashCodeAs(elsewhere);
		assertThat(crl).isNotEqualTo(CrlFixture.crl(CA).revoke(2).verified());
		assertThat(crl.hash()).isEqualTo(CrlFixture.document(der).hash());
	}

	private static List<BigInteger> numbers(int count, IntFunction<BigInteger> number) {
		return IntStream.range(0, count).mapToObj(number).toList();
	}

	private static Set<BigInteger> neighbours(List<BigInteger> serialNumbers) {
		Set<BigInteger> neighbours = new TreeSet<>(List.of(BigInteger.ZERO, BigInteger.ONE, BigInteger.ONE.negate()));
		for (BigInteger serialNumber : serialNumbers) {
			neighbours.add(serialNumber);
			neighbours.add(serialNumber.add(BigInteger.ONE));
			neighbours.add(serialNumber.subtract(BigInteger.ONE));
			neighbours.add(serialNumber.negate());
			neighbours.add(serialNumber.flipBit(31));
			neighbours.add(serialNumber.flipBit(32));
			neighbours.add(serialNumber.flipBit(127));
			neighbours.add(serialNumber.flipBit(128));
			neighbours.add(serialNumber.flipBit(159));
		}
		return neighbours;
	}

}
