package dev.mtls.tcp.channel.frame;

import java.io.IOException;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.function.Predicate;

import org.bouncycastle.crypto.params.X25519PrivateKeyParameters;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

import dev.mtls.tcp.channel.ForeignPeer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for {@link KeyExchange}.
 */
class KeyExchangeTests {

	private static final BigInteger P = BigInteger.ONE.shiftLeft(255).subtract(BigInteger.valueOf(19));

	private static final String ALICE_PRIVATE = "77076d0a7318a57d3c16c17251b26645df4c2f87ebc0992ab177fba51db92c2a";

	private static final String ALICE_PUBLIC = "8520f0098930a754748b7ddcb43ef75a0dbf3a0d26381af4eba4a98eaa9b4e6a";

	private static final String BOB_PRIVATE = "5dab087e624a8a4b79e17f8b83800ee66f3bb1292618b6fd1c2f8b27ff88e0eb";

	private static final String BOB_PUBLIC = "de9edb7d7b7dc1b4d35b61c2ece435373f8343c85b78674dadfc7e146f882b4f";

	private static final String SHARED = "4a5d9d5ba4ce2de1728e3bf480350f25e07e21c947d19e3376f09b3c1e161742";

	// RFC 7748, section 6.1
	@Test
	void agreeWhenKeysOfTheRfcIsItsSecret() throws Exception {
		KeyExchange alice = exchange(ALICE_PRIVATE);
		KeyExchange bob = exchange(BOB_PRIVATE);
		assertThat(alice.publicKey()).asHexString().isEqualToIgnoringCase(ALICE_PUBLIC);
		assertThat(bob.publicKey()).asHexString().isEqualToIgnoringCase(BOB_PUBLIC);
		assertThat(alice.agree(bytes(BOB_PUBLIC)).getEncoded()).asHexString().isEqualToIgnoringCase(SHARED);
		assertThat(bob.agree(bytes(ALICE_PUBLIC)).getEncoded()).asHexString().isEqualToIgnoringCase(SHARED);
	}

	// RFC 7748, section 5.2; the second coordinate has the bit that is to be ignored
	@ParameterizedTest
	@CsvSource({
			"a546e36bf0527c9d3b16154b82465edd62144c0ac1fc5a18506a2244ba449ac4,"
					+ "e6db6867583030db3594c1a424b15f7c726624ec26b3353b10a903a6d0ab1c4c,"
					+ "c3da55379de9c6908e94ea4df28d084f32eccf03491c71f754b4075577a28552",
			"4b66e9d4d1b4673c5ad22691957d6af5c11b6421e0ea01d42ca4169e7918ba0d,"
					+ "e5210f12786811d3f4b7959d0538ae2c31dbe7106fc03c3efc4cd549c715a493,"
					+ "95cbde9476e8907d7aade45cb4b873f88b595a68799fa152e6f8f7647aac7957" })
	void agreeWhenScalarAndCoordinateOfTheRfcIsItsProduct(String scalar, String coordinate, String product)
			throws Exception {
		assertThat(exchange(scalar).agree(bytes(coordinate)).getEncoded()).asHexString().isEqualToIgnoringCase(product);
	}

	// RFC 7748, section 5.2
	@ParameterizedTest
	@CsvSource({ "1,422c8e7a6227d7bca1350b3e2bb7279f7897b87bb6854b783c60e80311ae3079",
			"1000,684cf59ba83309552800ef566f2f4d3c1c3887c49360e3875f2eb94d99532c51" })
	void agreeWhenIteratedIsTheResultOfTheRfc(int iterations, String result) throws Exception {
		byte[] scalar = littleEndian(BigInteger.valueOf(9));
		byte[] coordinate = scalar;
		for (int i = 0; i < iterations; i++) {
			byte[] product = new KeyExchange(new FixedRandom(scalar)).agree(coordinate).getEncoded();
			coordinate = scalar;
			scalar = product;
		}
		assertThat(scalar).asHexString().isEqualToIgnoringCase(result);
	}

	@ParameterizedTest
	@MethodSource("smallOrder")
	void agreeWhenPointOfSmallOrderIsRefused(String point) {
		assertThatExceptionOfType(ChannelException.class).isThrownBy(() -> exchange(ALICE_PRIVATE).agree(bytes(point)))
			.withMessageContaining("makes every secret the same");
	}

	@ParameterizedTest
	@MethodSource("smallOrder")
	void answerWhenPointOfSmallOrderIsRefused(String point) {
		byte[] request = new ClientKeyExchange().request();
		System.arraycopy(bytes(point), 0, request, 1, 32);
		assertThatExceptionOfType(ChannelException.class).isThrownBy(() -> ServerKeyExchange.answer(request, 100));
	}

	@ParameterizedTest
	@MethodSource("smallOrder")
	void completeWhenPointOfSmallOrderIsRefused(String point) throws Exception {
		ClientKeyExchange client = new ClientKeyExchange();
		byte[] response = ServerKeyExchange.answer(client.request(), 100).response();
		System.arraycopy(bytes(point), 0, response, 1, 32);
		assertThatExceptionOfType(ChannelException.class).isThrownBy(() -> client.complete(response, 100))
			.withMessageContaining("makes every secret the same");
	}

	// RFC 7748, section 5: the bit is masked
	@Test
	void agreeWhenHighestBitIsSetIgnoresIt() throws Exception {
		byte[] publicKey = bytes(BOB_PUBLIC);
		publicKey[31] |= (byte) 0x80;
		assertThat(exchange(ALICE_PRIVATE).agree(publicKey).getEncoded()).asHexString().isEqualToIgnoringCase(SHARED);
	}

	// RFC 7748, section 5: "as if they had been reduced modulo the field prime"
	@ParameterizedTest
	@ValueSource(ints = { 2, 3, 9, 17, 18 })
	void agreeWhenCoordinateIsNotReducedReducesIt(int coordinate) throws Exception {
		byte[] reduced = littleEndian(BigInteger.valueOf(coordinate));
		byte[] other = littleEndian(P.add(BigInteger.valueOf(coordinate)));
		assertThat(exchange(ALICE_PRIVATE).agree(other)).isEqualTo(exchange(ALICE_PRIVATE).agree(reduced));
		assertThat(exchange(ALICE_PRIVATE).agree(other).getEncoded()).isEqualTo(foreign(bytes(ALICE_PRIVATE), reduced));
	}

	@Test
	void agreeWithBasePointIsOwnPublicKey() throws Exception {
		KeyExchange exchange = exchange(ALICE_PRIVATE);
		assertThat(exchange.agree(littleEndian(BigInteger.valueOf(9))).getEncoded()).isEqualTo(exchange.publicKey());
	}

	@ParameterizedTest
	@ValueSource(ints = { 0, 31 })
	void agreeWhenOwnPublicKeyEndsInZeroIsTheSecretOfThePeer(int zero) throws Exception {
		FixedRandom own = first((random) -> new KeyExchange(random).publicKey()[zero] == 0);
		KeyExchange exchange = new KeyExchange(own);
		assertThat(exchange.publicKey()).hasSize(32).isEqualTo(publicKey(own.bytes()));
		assertThat(exchange.agree(bytes(BOB_PUBLIC)).getEncoded())
			.isEqualTo(foreign(bytes(BOB_PRIVATE), exchange.publicKey()));
	}

	@ParameterizedTest
	@ValueSource(ints = { 0, 31 })
	void agreeWhenPublicKeyOfThePeerEndsInZeroIsTheSecretOfThePeer(int zero) throws Exception {
		byte[] peer = first((random) -> publicKey(random.bytes())[zero] == 0).bytes();
		assertThat(exchange(ALICE_PRIVATE).agree(publicKey(peer)).getEncoded())
			.isEqualTo(foreign(peer, bytes(ALICE_PUBLIC)));
	}

	@ParameterizedTest
	@ValueSource(ints = { 0, 31 })
	void agreeWhenSecretEndsInZeroHasAllOfIt(int zero) throws Exception {
		byte[] peer = first((random) -> foreign(random.bytes(), bytes(ALICE_PUBLIC))[zero] == 0).bytes();
		assertThat(exchange(ALICE_PRIVATE).agree(publicKey(peer)).getEncoded()).hasSize(32)
			.isEqualTo(foreign(peer, bytes(ALICE_PUBLIC)));
	}

	@Test
	void publicKeyIsACopy() {
		KeyExchange exchange = exchange(ALICE_PRIVATE);
		exchange.publicKey()[0]++;
		assertThat(exchange.publicKey()).asHexString().isEqualToIgnoringCase(ALICE_PUBLIC);
	}

	// All that there are on the curve and its twist: of the orders 1, 2, 4 and 8, not
	// reduced, and with the bit that is ignored
	static List<String> smallOrder() {
		BigInteger orderEight = new BigInteger(
				"325606250916557431795983626356110631294008115727848805560023387167927233504");
		BigInteger otherOfOrderEight = new BigInteger(
				"39382357235489614581723060781553021112529911719440698176882885853963445705823");
		List<String> points = new ArrayList<>();
		for (BigInteger point : List.of(BigInteger.ZERO, BigInteger.ONE, orderEight, otherOfOrderEight,
				P.subtract(BigInteger.ONE), P, P.add(BigInteger.ONE))) {
			byte[] bytes = littleEndian(point);
			points.add(HexFormat.of().formatHex(bytes));
			bytes[31] |= (byte) 0x80;
			points.add(HexFormat.of().formatHex(bytes));
		}
		return points;
	}

	private static FixedRandom first(Predicate<FixedRandom> condition) {
		for (int i = 0; i < 1 << 16; i++) {
			FixedRandom random = FixedRandom.of(i);
			if (condition.test(random)) {
				return random;
			}
		}
		throw new AssertionError("None of the keys is like that");
	}

	private static KeyExchange exchange(String privateKey) {
		return new KeyExchange(new FixedRandom(bytes(privateKey)));
	}

	private static byte[] foreign(byte[] privateKey, byte[] publicKey) {
		try {
			return ForeignPeer.agree(new X25519PrivateKeyParameters(privateKey), publicKey);
		}
		catch (IOException ex) {
			throw new IllegalStateException(ex);
		}
	}

	private static byte[] publicKey(byte[] privateKey) {
		return new X25519PrivateKeyParameters(privateKey).generatePublicKey().getEncoded();
	}

	private static byte[] littleEndian(BigInteger number) {
		byte[] bytes = new byte[32];
		for (int i = 0; i < bytes.length; i++) {
			bytes[i] = number.shiftRight(8 * i).byteValue();
		}
		return bytes;
	}

	private static byte[] bytes(String hex) {
		return HexFormat.of().parseHex(hex);
	}

}
