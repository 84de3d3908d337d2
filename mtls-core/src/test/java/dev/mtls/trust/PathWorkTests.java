package dev.mtls.trust;

import java.lang.management.ManagementFactory;
import java.math.BigInteger;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.cert.X509Certificate;
import java.security.spec.RSAKeyGenParameterSpec;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.DERSequence;
import org.bouncycastle.asn1.x509.PolicyInformation;
import org.junit.jupiter.api.Test;

import dev.mtls.authority.CertificateAuthority;
import dev.mtls.authority.CertificateRequest;
import dev.mtls.authority.KeyType;
import dev.mtls.authority.KeyUsage;
import dev.mtls.decision.Reason;
import dev.mtls.decision.Verdict;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for the bound on the work of {@link PathSelection}: what asks for too much is
 * refused soon, and what asks for much less of the same is accepted.
 */
class PathWorkTests {

	private static final Duration SOON = Duration.ofMillis(100);

	private static final String NAME_CONSTRAINTS = "2.5.29.30";

	private static final String NAMES = "2.5.29.17";

	private static final CertificateAuthority ROOT = Certificates.root("Root");

	private static final KeyPair RSA_4096 = Certificates.key("RSA", 4096);

	@Test
	void verifyWhenNameConstraintsExplodeIsRefusedSoon() {
		assertRefusedSoon(constrained(3000, 1024), ROOT.anchor());
		assertAccepted(constrained(100, 1024), ROOT.anchor());
		assertAccepted(constrained(400, 2), ROOT.anchor());
	}

	@Test
	void verifyWhenNameConstraintsOfSeveralCasExplodeIsRefusedSoon() {
		assertRefusedSoon(nested(700), ROOT.anchor());
		assertAccepted(nested(20), ROOT.anchor());
	}

	@Test
	void verifyWhenNameConstraintsOfAnchorExplodeIsRefusedSoon() {
		CertificateAuthority large = Certificates
			.root(Certificates.authority("Large A").extension(NAME_CONSTRAINTS, true, dnsConstraints(5000)));
		assertRefusedSoon(Certificates.issue(large, named(1024)), large.anchor());
	}

	@Test
	void verifyWhenPoliciesExplodeIsRefusedSoon() {
		assertRefusedSoon(mapped(9, 12), ROOT.anchor());
		assertAccepted(mapped(2, 2), ROOT.anchor());
	}

	@Test
	void verifyWhenManyPoliciesAreAssertedIsRefusedSoon() {
		assertRefusedSoon(asserting(3000), ROOT.anchor());
		assertAccepted(asserting(50), ROOT.anchor());
	}

	@Test
	void verifyWhenKeysAreCostlyIsRefusedSoon() throws Exception {
		assertRefusedSoon(below(costlyKey(3072), 8), ROOT.anchor());
		assertAccepted(below(KeyType.RSA_3072.generate(), 8), ROOT.anchor());
	}

	@Test
	void verifyWhenChainOfLargestCurveIsLongIsAccepted() {
		assertAccepted(below(Certificates.ecKey("secp521r1"), 8), ROOT.anchor());
	}

	@Test
	void verifyWhenManyLongPathsAreSignedButNoneHoldsIsRefusedSoon() {
		X509Certificate[] anchors = anchors(RSA_4096);
		List<X509Certificate> wrong = mesh(KeyUsage.KEY_ENCIPHERMENT);
		assertThat(reason(wrong, anchors)).isEqualTo(Reason.KEY_USAGE_WRONG);
		assertThat(elapsed(() -> verify(wrong, anchors))).isLessThan(SOON);
		assertAccepted(mesh(KeyUsage.DIGITAL_SIGNATURE), anchors);
	}

	@Test
	void verifyWhenManyLongPathsAreNotSignedByAnchorIsRefusedSoon() {
		X509Certificate[] others = anchors(Certificates.key("RSA", 4096));
		List<X509Certificate> mesh = mesh(KeyUsage.DIGITAL_SIGNATURE);
		assertThat(reason(mesh, others)).isEqualTo(Reason.SIGNATURE_INVALID);
		assertThat(elapsed(() -> verify(mesh, others))).isLessThan(SOON);
	}

	@Test
	void verifyWhenManyAnchorsShareNameFindsTheRightOneSoon() {
		X509Certificate[] anchors = Stream.generate(() -> Certificates.root("Same").anchor())
			.limit(39)
			.toArray(X509Certificate[]::new);
		CertificateAuthority right = Certificates.root("Same");
		List<X509Certificate> all = new ArrayList<>(List.of(anchors));
		all.add(right.anchor());
		List<X509Certificate> chain = Certificates.issue(right,
				Certificates.leaf(PeerRole.CLIENT).withoutKeyIdentifiers());
		assertAccepted(chain, all.toArray(X509Certificate[]::new));
		assertThat(elapsed(() -> verify(chain, all.toArray(X509Certificate[]::new)))).isLessThan(SOON);
	}

	@Test
	void verifyWhenKeyIdentifierTellsAnchorFindsItAmongAsManyAsAreTried() {
		List<CertificateAuthority> roots = Stream.generate(() -> Certificates.root("Same"))
			.limit(PathSearch.MAX_PATHS)
			.toList();
		X509Certificate[] all = roots.stream().map(CertificateAuthority::anchor).toArray(X509Certificate[]::new);
		List<X509Certificate> chain = Certificates.issue(roots.get(roots.size() - 1),
				Certificates.leaf(PeerRole.CLIENT));
		assertAccepted(chain, all);
		assertThat(elapsed(() -> verify(chain, all))).isLessThan(SOON);
	}

	private static void assertRefusedSoon(List<X509Certificate> chain, X509Certificate... anchors) {
		assertThat(verify(chain, anchors)).isInstanceOfSatisfying(Verdict.Refused.class, (refused) -> {
			assertThat(refused.denial().reason()).isEqualTo(Reason.CERTIFICATE_MALFORMED);
			assertThat(refused.denial().detail()).contains("too much work");
		});
		assertThat(elapsed(() -> verify(chain, anchors))).isLessThan(SOON);
	}

	private static Reason reason(List<X509Certificate> chain, X509Certificate... anchors) {
		return ((Verdict.Refused<VerifiedPath>) verify(chain, anchors)).denial().reason();
	}

	private static void assertAccepted(List<X509Certificate> chain, X509Certificate... anchors) {
		assertThat(verify(chain, anchors)).isInstanceOf(Verdict.Accepted.class);
	}

	// The best of a few, in time of this thread only, because others use the machine too
	private static Duration elapsed(Runnable work) {
		long best = Long.MAX_VALUE;
		for (int i = 0; i < 5; i++) {
			long start = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
			work.run();
			best = Math.min(best, ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime() - start);
		}
		return Duration.ofNanos(best);
	}

	// Read anew, because a certificate of the JDK remembers the last key that it verified
	// with
	private static Verdict<VerifiedPath> verify(List<X509Certificate> chain, X509Certificate... anchors) {
		return new PathVerifier(List.of(anchors)).verify(Certificates.copies(chain), PeerRole.CLIENT, Certificates.NOW);
	}

	private static List<X509Certificate> constrained(int subtrees, int names) {
		CertificateAuthority issuing = ROOT.intermediate(Certificates.authority("Issuing A")
			.extension(NAME_CONSTRAINTS, true, dnsConstraints(subtrees))
			.build());
		return Certificates.issue(issuing, named(names));
	}

	private static List<X509Certificate> nested(int subtrees) {
		CertificateAuthority issuing = ROOT;
		for (int i = 0; i < 3; i++) {
			issuing = issuing.intermediate(Certificates.authority("Issuing A" + i)
				.extension(NAME_CONSTRAINTS, true, dnsConstraints(subtrees))
				.build());
		}
		return Certificates.issue(issuing, named(1));
	}

	private static CertificateRequest.Builder named(int names) {
		return Certificates.leaf(PeerRole.CLIENT)
			.subject("CN=Alice A")
			.extension(NAMES, false,
					ConstraintsText.names(listed(names, (i) -> "dns:n%d.x0.example.com".formatted(i))));
	}

	private static byte[] dnsConstraints(int count) {
		return ConstraintsText.constraints(listed(count, (i) -> "dns:x%d.example.com".formatted(i)), "");
	}

	private static String listed(int count, IntFunction<String> name) {
		return IntStream.range(0, count).mapToObj(name).collect(Collectors.joining(" "));
	}

	private static List<X509Certificate> mapped(int levels, int policies) {
		List<ASN1Encodable> mappings = new ArrayList<>();
		for (int i = 0; i < policies; i++) {
			for (int j = 0; j < policies; j++) {
				mappings.add(new DERSequence(new ASN1Encodable[] { policy(i), policy(j) }));
			}
		}
		byte[] mapping = ConstraintsText.der(new DERSequence(mappings.toArray(ASN1Encodable[]::new)));
		CertificateAuthority issuing = ROOT;
		for (int i = 1; i < levels; i++) {
			issuing = issuing.intermediate(
					policies(Certificates.authority("CA " + i), policies).extension("2.5.29.33", false, mapping)
						.build());
		}
		return Certificates.issue(issuing, policies(Certificates.leaf(PeerRole.CLIENT), policies));
	}

	private static List<X509Certificate> asserting(int policies) {
		return Certificates.issue(ROOT.intermediate(policies(Certificates.authority("CA"), policies).build()),
				policies(Certificates.leaf(PeerRole.CLIENT), policies));
	}

	private static CertificateRequest.Builder policies(CertificateRequest.Builder request, int count) {
		return request.extension("2.5.29.32", false,
				ConstraintsText.der(new DERSequence(IntStream.range(0, count)
					.mapToObj((i) -> new PolicyInformation(policy(i)))
					.toArray(ASN1Encodable[]::new))));
	}

	private static ASN1ObjectIdentifier policy(int number) {
		return new ASN1ObjectIdentifier("1.2.3." + number);
	}

	private static List<X509Certificate> below(KeyPair key, int count) {
		CertificateAuthority issuing = ROOT;
		for (int i = 0; i < count; i++) {
			issuing = issuing.intermediate(Certificates.authority("CA " + i).keyPair(key).build());
		}
		return Certificates.issue(issuing, Certificates.leaf(PeerRole.CLIENT));
	}

	private static KeyPair costlyKey(int bits) throws Exception {
		KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
		BigInteger exponent = BigInteger.ONE.shiftLeft(bits - 8).setBit(0);
		generator.initialize(new RSAKeyGenParameterSpec(bits, exponent));
		return generator.generateKeyPair();
	}

	/**
	 * Ten certificates: the peer's, a line of six CAs, and three for the name and key of
	 * the CA above them, so that there is a path through each of these to each anchor.
	 */
	private static List<X509Certificate> mesh(KeyUsage usage) {
		CertificateAuthority root = Certificates.root(rsa4096("Mesh", RSA_4096));
		CertificateAuthority issuing = root.intermediate(rsa4096("Top", RSA_4096).build());
		X509Certificate second = root.intermediate(rsa4096("Top", RSA_4096).build()).certificate();
		X509Certificate third = root.intermediate(rsa4096("Top", RSA_4096).build()).certificate();
		for (int i = 0; i < 6; i++) {
			issuing = issuing.intermediate(rsa4096("CA " + i, RSA_4096).build());
		}
		List<X509Certificate> mesh = new ArrayList<>(Certificates.issue(issuing,
				Certificates.leaf(PeerRole.CLIENT).withoutKeyIdentifiers().keyUsage(usage)));
		mesh.add(second);
		mesh.add(third);
		return mesh;
	}

	private static X509Certificate[] anchors(KeyPair key) {
		return Stream.generate(() -> Certificates.root(rsa4096("Mesh", key)).anchor())
			.limit(PathSearch.MAX_PATHS / 3)
			.toArray(X509Certificate[]::new);
	}

	private static CertificateRequest.Builder rsa4096(String name, KeyPair key) {
		return Certificates.authority(name).keyPair(key).withoutKeyIdentifiers();
	}

}
