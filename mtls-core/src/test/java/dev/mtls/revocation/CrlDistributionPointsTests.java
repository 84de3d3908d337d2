package dev.mtls.revocation;

import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.DistributionPoint;
import org.bouncycastle.asn1.x509.DistributionPointName;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.ReasonFlags;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import dev.mtls.authority.CertificateAuthority;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link CrlDistributionPoints}.
 */
class CrlDistributionPointsTests {

	private static final CertificateAuthority CA = CrlFixture.authority("Root");

	private static final String ONE = "http://crl.example.com/1.crl";

	private static final String TWO = "HTTPS://[2001:db8::1]:8443/2.crl?a=b";

	@ParameterizedTest(name = "{0}")
	@MethodSource
	void ofReturnsUris(String name, DistributionPoint[] points, List<String> expected) {
		X509Certificate certificate = CrlFixture.leaf(CA, 1, (request) -> CrlFixture.withPoints(request, points));
		assertThat(CrlDistributionPoints.of(certificate)).isEqualTo(expected.stream().map(URI::create).toList());
	}

	static Stream<Arguments> ofReturnsUris() {
		GeneralNames issuer = new GeneralNames(new GeneralName(new X500Name("CN=Other")));
		DistributionPointName relative = new DistributionPointName(DistributionPointName.NAME_RELATIVE_TO_CRL_ISSUER,
				new X500Name("CN=1").getRDNs()[0]);
		String longest = ONE + "?" + "a".repeat(2048 - ONE.length() - 1);
		return Stream.of(row("one", List.of(ONE), CrlFixture.point(ONE)),
				row("two names of one point", List.of(ONE, TWO), CrlFixture.point(ONE, TWO)),
				row("two points", List.of(ONE, TWO), CrlFixture.point(ONE), CrlFixture.point(TWO)),
				row("the same twice", List.of(ONE), CrlFixture.point(ONE), CrlFixture.point(ONE)),
				row("other schemes", List.of(ONE),
						CrlFixture.point("ldap://example.com/cn=1", "file:///etc/passwd", "ftp://example.com/", ONE)),
				row("no URI", List.of(), CrlFixture.point("http://exa mple.com/")),
				row("no host", List.of(), CrlFixture.point("http:///1.crl", "http:1.crl", "1.crl")),
				row("user", List.of(), CrlFixture.point("http://user@example.com/")),
				row("line break", List.of(), CrlFixture.point("http://example.com/\r\nHost: a")),
				row("longest", List.of(longest), CrlFixture.point(longest)),
				row("too long", List.of(), CrlFixture.point(longest + "a")),
				row("eight", uris(8), CrlFixture.point(uris(8).toArray(String[]::new))),
				row("nine", uris(8), CrlFixture.point(uris(9).toArray(String[]::new))),
				row("some reasons", List.of(TWO),
						new DistributionPoint(CrlFixture.name(ONE), new ReasonFlags(ReasonFlags.keyCompromise), null),
						CrlFixture.point(TWO)),
				row("other issuer", List.of(TWO), new DistributionPoint(CrlFixture.name(ONE), null, issuer),
						CrlFixture.point(TWO)),
				row("other issuer alone", List.of(TWO), new DistributionPoint(null, null, issuer),
						CrlFixture.point(TWO)),
				row("relative name", List.of(TWO), new DistributionPoint(relative, null, null), CrlFixture.point(TWO)),
				row("directory name", List.of(TWO),
						new DistributionPoint(new DistributionPointName(issuer), null, null), CrlFixture.point(TWO)));
	}

	@Test
	void ofWhenNoExtensionIsEmpty() {
		assertThat(CrlDistributionPoints.of(CrlFixture.leaf(CA, 1))).isEmpty();
	}

	@Test
	void ofWhenByteChangedNeverThrows() {
		byte[] right = RawCrl.bytes(RawCrl.tlv("30", RawCrl.tlv("30", RawCrl.tlv("a0",
				RawCrl.tlv("a0", RawCrl.tlv("86", RawCrl.hex(ONE.getBytes(StandardCharsets.US_ASCII))))))));
		for (int i = 0; i < right.length; i++) {
			byte[] changed = right.clone();

			changed[i] = (byte) 0x80;
			X509Certificate certificate = CrlFixture.leaf(CA, 1,
					(request) -> request.extension("2.5.29.31", false, changed));
			assertThat(CrlDistributionPoints.of(certificate)).doesNotContain(URI.create(ONE));
		}
	}

	private static Arguments row(String name, List<String> expected, DistributionPoint... points) {
		return Arguments.of(name, points, expected);
	}

	private static List<String> uris(int count) {
		return IntStream.range(0, count).mapToObj((i) -> "http://crl.example.com/" + i).toList();
	}

}
