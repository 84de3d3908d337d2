package dev.mtls.address;

import java.lang.management.ManagementFactory;
import java.math.BigInteger;
import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;

import com.sun.management.ThreadMXBean;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

import dev.mtls.decision.MtlsException;
import dev.mtls.decision.Reason;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for {@link AddressSet}.
 */
class AddressSetTests {

	private static final BigInteger TWO = BigInteger.TWO;

	@ParameterizedTest
	@CsvSource(delimiter = '|', value = { "10.0.0.0/8 | [10.0.0.0/8]", "10.0.0.0/9,10.128.0.0/9 | [10.0.0.0/8]",
			"10.128.0.0/9,10.0.0.0/9 | [10.0.0.0/8]", "10.0.0.0/8,10.0.0.0/8 | [10.0.0.0/8]",
			"10.1.2.0/24,10.0.0.0/8,10.1.2.3 | [10.0.0.0/8]", "10.0.0.1,10.0.0.2,10.0.0.3 | [10.0.0.1-10.0.0.3]",
			"10.0.0.1,10.0.0.3 | [10.0.0.1/32, 10.0.0.3/32]", "127.255.255.255,128.0.0.0 | [127.255.255.255-128.0.0.0]",
			"255.255.255.255,0.0.0.0 | [0.0.0.0/32, 255.255.255.255/32]", "0.0.0.0/1,128.0.0.0/1 | [0.0.0.0/0]",
			"255.255.255.255,255.255.255.254 | [255.255.255.254/31]", "0.0.0.0/0,255.255.255.255 | [0.0.0.0/0]",
			"::/1,8000::/1 | [::/0]", "::/0,::1,ffff:: | [::/0]", "0.0.0.0/24,0.0.0.0,0.0.0.0/30 | [0.0.0.0/24]",
			"::/64,::,::/126 | [::/64]", "::/0,ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff,ffff::/16 | [::/0]",
			"::/65,::8000:0:0:0/65 | [::/64]", "2001:db8::/64,2001:db8:0:1::/64 | [2001:db8::/63]",
			"2001:db8:0:1::/64,2001:db8:0:2::/64 | [2001:db8:0:1::-2001:db8:0:2:ffff:ffff:ffff:ffff]",
			"::1,::2,::4 | [::1-::2, ::4/128]",
			"ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff,:: | [::/128, ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff/128]",
			"::1,255.255.255.255,::ffff:10.0.0.0/104 | [10.0.0.0/8, 255.255.255.255/32, ::1/128]" })
	void buildMergesNetworksThatOverlapOrTouch(String networks, String merged) {
		AddressSet set = setOf(networks.split(","));
		assertThat(set).hasToString(merged);
		assertThat(set.size()).isEqualTo(merged.split(", ").length);
		assertThat(set.isEmpty()).isFalse();
	}

	@Test
	void containsWhenOnlyOneFamilyDeniesOther() throws Exception {
		AddressSet ipv4 = setOf("0.0.0.0/0");
		AddressSet ipv6 = setOf("::/0");
		for (String address : List.of("0.0.0.0", "10.1.2.3", "127.0.0.1", "255.255.255.255")) {
			assertThat(ipv4.contains(InetAddress.getByName(address))).isTrue();
			assertThat(ipv6.contains(InetAddress.getByName(address))).isFalse();
		}
		for (String address : List.of("::", "::1", "::a01:203", "2001:db8::1", "::fffe:10.1.2.3", "ffff::")) {
			assertThat(ipv4.contains(InetAddress.getByName(address))).isFalse();
			assertThat(ipv6.contains(InetAddress.getByName(address))).isTrue();
		}
	}

	@Test
	void containsWhenIpv4MappedLooksAtIpv4() throws Exception {
		AddressSet set = setOf("10.0.0.0/8", "::/0");
		assertThat(set.contains(CidrTests.mapped(10, 1, 2, 3))).isTrue();
		assertThat(set.contains(CidrTests.mapped(11, 1, 2, 3))).isFalse();
		assertThat(setOf("::ffff:10.1.2.3").contains(InetAddress.getByName("10.1.2.3"))).isTrue();
	}

	@Test
	void containsWhenZonedIgnoresZone() throws Exception {
		assertThat(setOf("fe80::/10").contains(CidrTests.zoned("fe80::1"))).isTrue();
		assertThat(setOf("fe80::/10").contains(CidrTests.zoned("fec0::1"))).isFalse();
	}

	@Test
	void emptySetContainsNothing() throws Exception {
		AddressSet set = AddressSet.of(List.of());
		assertThat(set.isEmpty()).isTrue();
		assertThat(set.size()).isZero();
		assertThat(set).hasToString("[]");
		for (String address : List.of("0.0.0.0", "10.1.2.3", "::", "::1")) {
			assertThat(set.contains(InetAddress.getByName(address))).isFalse();
		}
	}

	@ParameterizedTest
	@MethodSource("randomNetworks")
	void containsAgreesWithEachNetworkAlone(String description, List<Cidr> networks, Random random) {
		AddressSet set = AddressSet.of(networks);
		List<InetAddress> addresses = new ArrayList<>();
		for (int i = 0; i < 80; i++) {
			Cidr network = networks.get(random.nextInt(networks.size()));
			int bits = network.network().getAddress().length * Byte.SIZE;
			BigInteger start = new BigInteger(1, network.network().getAddress());
			BigInteger end = start.add(TWO.pow(bits - network.prefixLength())).subtract(BigInteger.ONE);
			addresses.add(address(start.subtract(BigInteger.ONE), bits));
			addresses.add(address(start, bits));
			addresses.add(address(end, bits));
			addresses.add(address(end.add(BigInteger.ONE), bits));
			addresses.add(address(new BigInteger(bits, random), bits));
		}
		for (int bits : new int[] { 32, 128 }) {
			addresses.add(address(BigInteger.ZERO, bits));
			addresses.add(address(TWO.pow(bits - 1), bits));
			addresses.add(address(TWO.pow(bits).subtract(BigInteger.ONE), bits));
		}
		for (InetAddress address : addresses) {
			boolean expected = networks.stream().anyMatch((network) -> network.contains(address));
			assertThat(set.contains(address)).as("%s in %s", address, description).isEqualTo(expected);
		}
	}

	@ParameterizedTest
	@MethodSource("randomNetworks")
	void sizeIsNumberOfGapsBetweenNetworks(String description, List<Cidr> networks, Random random) {
		int expected = 0;
		for (int bits : new int[] { 32, 128 }) {
			List<Cidr> family = networks.stream()
				.filter((network) -> network.network().getAddress().length * Byte.SIZE == bits)
				.sorted((a, b) -> Arrays.compareUnsigned(a.network().getAddress(), b.network().getAddress()))
				.toList();
			BigInteger behind = BigInteger.ONE.negate();
			for (Cidr network : family) {
				BigInteger start = new BigInteger(1, network.network().getAddress());
				expected += (start.compareTo(behind) > 0) ? 1 : 0;
				behind = behind.max(start.add(TWO.pow(bits - network.prefixLength())));
			}
		}
		assertThat(AddressSet.of(networks).size()).as(description).isEqualTo(expected);
	}

	@ParameterizedTest
	@ValueSource(ints = { RangeIndex.WORTHWHILE - 1, RangeIndex.WORTHWHILE, 3000 })
	void containsWhenRangesCrossBucketsOfIndexAgreesWithEachNetworkAlone(int count) throws Exception {
		List<Cidr> networks = new ArrayList<>();
		// One range over many buckets, two that end and start at an edge of one, and many
		for (String network : List.of("10.0.0.0/8", "172.16.0.0/17", "172.17.255.0/24", "0.0.0.0", "255.255.255.255",
				"2001:db8::/32", "3000::/16", "3001:ffff::/32", "::", "fe80::/10",
				"ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff")) {
			networks.add(Cidr.parse(network));
		}
		for (int i = 0; networks.size() < 2 * count; i++) {
			networks.add(Cidr.parse("192.%d.%d.%d".formatted(i >> 15, (i >> 7) & 0xff, 2 * (i & 0x7f))));
			networks.add(Cidr.parse("2a00:%x::/32".formatted(2 * i)));
		}
		AddressSet set = AddressSet.of(networks);
		assertThat(set.size()).isEqualTo(networks.size());
		for (String text : List.of("9.255.255.255", "10.0.0.0", "10.128.0.1", "10.255.255.255", "11.0.0.0",
				"172.15.255.255", "172.16.127.255", "172.16.128.0", "172.17.254.255", "172.17.255.255", "172.18.0.0",
				"0.0.0.0", "0.0.0.1", "255.255.255.254", "255.255.255.255", "127.255.255.255", "128.0.0.0",
				"2001:db7:ffff::", "2001:db8:ffff::", "2001:db9::", "2fff:ffff::", "3000::", "3000:ffff::", "3001::",
				"3001:ffff:ffff::", "3002::", "::", "::1", "fe80::1", "fec0::", "ffff::",
				"ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "8000::", "7fff::")) {
			InetAddress address = InetAddress.getByName(text);
			assertThat(set.contains(address)).as(text)
				.isEqualTo(networks.stream().anyMatch((network) -> network.contains(address)));
		}
	}

	@Test
	void containsWhenAllRangesShareTheirUpperHalfAndPeerIsFarAway() throws Exception {
		AddressSet.Builder builder = AddressSet.builder();
		for (int i = 0; i < 5000; i++) {
			builder.add("2001:db8::%x".formatted(2 * i + 1));
		}
		AddressSet set = builder.build();
		assertThat(set.size()).isEqualTo(5000);
		for (int i = 1; i < 10_000; i++) {
			assertThat(set.contains(InetAddress.getByName("2001:db8::%x".formatted(i)))).isEqualTo(i % 2 == 1);
		}
		for (String address : List.of("::", "::1", "2001:db7:ffff:ffff::1", "2001:db8:0:1::1", "a001:db8::1",
				"a001:db8:0:1::1", "ffff::1")) {
			assertThat(set.contains(InetAddress.getByName(address))).as(address).isFalse();
		}
		AddressSet lowest = AddressSet
			.of(Stream.iterate(0, (i) -> i + 2).limit(2000).map((i) -> Cidr.parse("::%x".formatted(i))).toList());
		assertThat(lowest.contains(InetAddress.getByName("::"))).isTrue();
		assertThat(lowest.contains(InetAddress.getByName("8000::"))).isFalse();
		assertThat(lowest.contains(InetAddress.getByName("ffff:ffff:ffff:ffff::"))).isFalse();
	}

	@Test
	void addWhenNoNetworkThrows() {
		AddressSet.Builder builder = AddressSet.builder();
		assertThatExceptionOfType(MtlsException.class).isThrownBy(() -> builder.add("10.0.0.1/8"))
			.satisfies((ex) -> assertThat(ex.reason()).isEqualTo(Reason.RULE_INVALID));
		assertThat(builder.build().isEmpty()).isTrue();
	}

	@Test
	void buildWhenBuilderIsUsedFurtherLeavesSetAsItWas() throws Exception {
		AddressSet.Builder builder = AddressSet.builder().add("10.1.0.0/16").add("10.0.0.0/16").add("::2").add("::1");
		AddressSet set = builder.build();
		AddressSet more = builder.add("192.168.0.0/16").add("::3").build();
		assertThat(set).hasToString("[10.0.0.0/15, ::1-::2]");
		assertThat(more).hasToString("[10.0.0.0/15, 192.168.0.0/16, ::1-::3]");
	}

	@Test
	void equalsComparesContent() {
		AddressSet set = setOf("10.0.0.0/8", "::1");
		assertThat(set).isEqualTo(setOf("::1", "10.128.0.0/9", "10.0.0.0/9"))
			.hasSameHashCodeAs(setOf("::1", "10.128.0.0/9", "10.0.0.0/9"));
		assertThat(set).isNotEqualTo(setOf("10.0.0.0/8"))
			.isNotEqualTo(setOf("10.0.0.0/8", "::2"))
			.isNotEqualTo(setOf("10.0.0.0/9", "::1"));
	}

	@Test
	void toStringIsBounded() {
		AddressSet.Builder builder = AddressSet.builder();
		for (int i = 0; i < 5000; i++) {
			builder.add("10.0.%d.%d".formatted(i / 100, 2 * (i % 100)));
		}
		assertThat(builder.build().toString()).startsWith("[10.0.0.0/32, 10.0.0.2/32, ")
			.endsWith("10.0.0.18/32, and 4990 more]");
	}

	@ParameterizedTest
	@ValueSource(ints = { 10, 20_000 })
	void containsAllocatesNothingForIpv4(int count) {
		assertThat(bytesAllocatedByLookUps(count, 32)).isLessThan(1);
	}

	@ParameterizedTest
	@ValueSource(ints = { 10, 20_000 })
	void containsAllocatesOnlyTheCopyOfTheAddressForIpv6(int count) {
		// Inet6Address has no other way to its bytes than a copy, which is 32 bytes on
		// the heap
		assertThat(bytesAllocatedByLookUps(count, 128)).isLessThan(33);
	}

	private static double bytesAllocatedByLookUps(int count, int bits) {
		Random random = new Random(count);
		AddressSet set = AddressSet.of(wideNetworks(count, bits, random));
		List<InetAddress> addresses = new ArrayList<>();
		for (int i = 0; i < 1000; i++) {
			addresses.add(address(new BigInteger(bits, random), bits));
		}
		InetAddress[] peers = addresses.toArray(InetAddress[]::new);
		// Until the compiler has seen the look-up often enough, it allocates as it is
		// written
		return Awaitility.await()
			.atMost(Duration.ofSeconds(20))
			.pollInSameThread()
			.pollDelay(Duration.ZERO)
			.pollInterval(Duration.ofMillis(10))
			.until(() -> bytesPerLookUp(set, peers), (bytes) -> bytes < ((bits == 32) ? 1 : 33));
	}

	private static double bytesPerLookUp(AddressSet set, InetAddress[] peers) {
		ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
		int rounds = 100;
		int found = 0;
		long before = threads.getCurrentThreadAllocatedBytes();
		for (int i = 0; i < rounds; i++) {
			found += found(set, peers);
		}
		long after = threads.getCurrentThreadAllocatedBytes();
		assertThat(found).isNotNegative();
		return (double) (after - before) / (rounds * peers.length);
	}

	private static int found(AddressSet set, InetAddress[] peers) {
		int found = 0;
		for (InetAddress peer : peers) {
			found += set.contains(peer) ? 1 : 0;
		}
		return found;
	}

	static Stream<Arguments> randomNetworks() {
		Stream.Builder<Arguments> cases = Stream.builder();
		for (int count : new int[] { 1, 2, 10, 100, 900, 3000 }) {
			for (int bits : new int[] { 32, 128 }) {
				Random random = new Random(31L * count + bits);
				cases.add(Arguments.of("%d wide, %d bits".formatted(count, bits), wideNetworks(count, bits, random),
						random));
				cases.add(Arguments.of("%d dense, %d bits".formatted(count, bits), denseNetworks(count, bits, random),
						random));
			}
			Random random = new Random(count);
			List<Cidr> both = new ArrayList<>(denseNetworks(count, 32, random));
			both.addAll(wideNetworks(count, 128, random));
			cases.add(Arguments.of("%d of both families".formatted(count), both, random));
		}
		return cases.build();
	}

	// Long prefixes all over the family: hardly any overlap, so the index is in use
	private static List<Cidr> wideNetworks(int count, int bits, Random random) {
		List<Cidr> networks = new ArrayList<>();
		for (int i = 0; i < count; i++) {
			networks.add(network(new BigInteger(bits, random), bits, bits - random.nextInt(bits / 2)));
		}
		return networks;
	}

	// A few thousand addresses at either end and in the middle: nested, touching,
	// duplicate
	private static List<Cidr> denseNetworks(int count, int bits, Random random) {
		List<BigInteger> bases = List.of(BigInteger.ZERO, TWO.pow(bits).subtract(BigInteger.valueOf(4096)),
				TWO.pow(bits - 1).subtract(BigInteger.valueOf(2048)),
				TWO.pow(bits / 2).subtract(BigInteger.valueOf(2048)));
		List<Cidr> networks = new ArrayList<>();
		for (int i = 0; i < count; i++) {
			BigInteger base = bases.get(random.nextInt(bases.size()));
			networks.add(network(base.add(BigInteger.valueOf(random.nextInt(4096))), bits, bits - random.nextInt(5)));
		}
		return networks;
	}

	private static Cidr network(BigInteger address, int bits, int prefixLength) {
		int hostBits = bits - prefixLength;
		return new Cidr(address(address.shiftRight(hostBits).shiftLeft(hostBits), bits), prefixLength);
	}

	private static InetAddress address(BigInteger value, int bits) {
		byte[] wrapped = value.mod(TWO.pow(bits)).toByteArray();
		byte[] bytes = new byte[bits / Byte.SIZE];
		int length = Math.min(wrapped.length, bytes.length);
		System.arraycopy(wrapped, wrapped.length - length, bytes, bytes.length - length, length);
		return AddressBytes.toAddress(bytes);
	}

	private static AddressSet setOf(String... networks) {
		return AddressSet.of(Arrays.stream(networks).map(Cidr::parse).toList());
	}

}
