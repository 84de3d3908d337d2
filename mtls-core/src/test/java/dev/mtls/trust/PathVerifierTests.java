package dev.mtls.trust;

import java.security.KeyPair;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;

import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

import dev.mtls.authority.CertificateAuthority;
import dev.mtls.authority.CertificateRequest;
import dev.mtls.authority.ExtendedKeyUsage;
import dev.mtls.authority.KeyType;
import dev.mtls.authority.KeyUsage;
import dev.mtls.decision.MtlsException;
import dev.mtls.decision.Reason;
import dev.mtls.decision.Verdict;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for {@link PathVerifier}: what is presented, and the verdict, in both roles.
 */
class PathVerifierTests {

	private static final Instant NOW = Certificates.NOW;

	private static final Duration SECOND = Duration.ofSeconds(1);

	private static final byte[] NOT_DER = { 0x01, 0x02, 0x03 };

	private static final CertificateAuthority ROOT = Certificates.root("Root");

	private static final CertificateAuthority RSA_ROOT = Certificates
		.root(Certificates.authority("RSA Root").keyType(KeyType.RSA_2048));

	private static final CertificateAuthority WEAK_ROOT = Certificates
		.root(Certificates.authority("Weak Root").keyPair(Certificates.key("RSA", 1024)));

	@ParameterizedTest(name = "{0}, {1}")
	@MethodSource({ "presence", "issuers", "validity", "purposes", "authorities", "strength", "shapes", "selfSigned",
			"malformed" })
	void verifyWhenPresentedReturnsVerdict(Row row, PeerRole role) {
		Presented presented = row.presented().apply(role);
		Verdict<VerifiedPath> verdict = new PathVerifier(presented.anchors()).verify(presented.chain(), role, NOW);
		if (row.reason() == null) {
			assertThat(verdict).isInstanceOf(Verdict.Accepted.class);
			return;
		}
		assertThat(verdict).isInstanceOfSatisfying(Verdict.Refused.class, (refused) -> {
			assertThat(refused.denial().reason()).isEqualTo(row.reason());
			assertThat(refused.denial().detail()).contains(row.detail());
		});
	}

	@Test
	void createWhenNoAnchorThrows() {
		assertThatExceptionOfType(MtlsException.class).isThrownBy(() -> new PathVerifier(List.of()))
			.satisfies((ex) -> assertThat(ex.reason()).isEqualTo(Reason.TRUST_MISSING));
	}

	@ParameterizedTest
	@EnumSource(PeerRole.class)
	void verifyWhenAnchorsShareNameReportsWhatIsWrongWithPeer(PeerRole role) {
		CertificateAuthority right = Certificates.root(plain());
		CertificateAuthority other = Certificates.root(plain());
		CertificateAuthority weak = Certificates.root(plain().keyPair(Certificates.key("RSA", 1024)));
		List<X509Certificate> chain = Certificates.issue(right,
				Certificates.leaf(role).withoutKeyIdentifiers().keyUsage(KeyUsage.KEY_ENCIPHERMENT));
		assertThat(reason(chain, role, right, other, weak)).isEqualTo(Reason.KEY_USAGE_WRONG);
		assertThat(reason(chain, role, weak, other, right)).isEqualTo(Reason.KEY_USAGE_WRONG);
	}

	@ParameterizedTest
	@EnumSource(PeerRole.class)
	void verifyWhenAnchorsShareNameReportsThatPeerIsWeak(PeerRole role) {
		CertificateAuthority right = Certificates.root(plain());
		CertificateAuthority other = Certificates.root(plain());
		List<X509Certificate> chain = Certificates.issue(right,
				Certificates.leaf(role).withoutKeyIdentifiers().keyPair(Certificates.key("RSA", 1024)));
		assertThat(reason(chain, role, right, other)).isEqualTo(Reason.ALGORITHM_WEAK);
		assertThat(reason(chain, role, other, right)).isEqualTo(Reason.ALGORITHM_WEAK);
	}

	static Stream<Arguments> presence() {
		return inBothRoles(
				refused("no certificate", Reason.CERTIFICATE_MISSING, "no certificate",
						(role) -> new Presented(List.of(), List.of(ROOT.anchor()))),
				accepted("a certificate of the CA", (role) -> issuedBy(ROOT, Certificates.leaf(role))));
	}

	static Stream<Arguments> issuers() {
		CertificateAuthority other = Certificates.root("Other");
		CertificateAuthority impostor = Certificates.root("Root");
		CertificateAuthority plain = Certificates.root(plain());
		CertificateAuthority plainImpostor = Certificates.root(plain());
		CertificateAuthority plainRsa = Certificates.root(plain().keyType(KeyType.RSA_2048));
		CertificateAuthority issuing = ROOT.intermediate("CN=Issuing CA");
		CertificateAuthority unneeded = ROOT.intermediate("CN=Unneeded");
		CertificateAuthority policy = ROOT.intermediate(Certificates.authority("Policy CA").build());
		CertificateAuthority deep = policy.intermediate("CN=Deep CA");
		return inBothRoles(
				refused("other CA", Reason.ISSUER_UNKNOWN,
						"issuer CN=Other is neither trusted nor part of the presented chain",
						(role) -> issuedBy(other, Certificates.leaf(role)).trusting(ROOT)),
				refused("other CA that presents itself", Reason.ISSUER_UNKNOWN,
						"CN=Other is its own issuer and not configured as trust",
						(role) -> issuedBy(other, Certificates.leaf(role)).with(other.anchor()).trusting(ROOT)),
				refused("other CA of the same name", Reason.ISSUER_UNKNOWN,
						"certificate CN=alice was issued with another key than that of the trusted certificate CN=Root",
						(role) -> issuedBy(impostor, Certificates.leaf(role)).trusting(ROOT)),
				refused("other CA of the same name, without identifiers", Reason.SIGNATURE_INVALID, "CN=alice",
						(role) -> issuedBy(plainImpostor, Certificates.leaf(role).withoutKeyIdentifiers())
							.trusting(plain)),
				refused("other CA of the same name and another kind of key", Reason.SIGNATURE_INVALID, "CN=alice",
						(role) -> issuedBy(plainImpostor, Certificates.leaf(role).withoutKeyIdentifiers())
							.trusting(plainRsa)),
				accepted(
						"CA without identifiers", (role) -> issuedBy(plain,
								Certificates.leaf(role).withoutKeyIdentifiers())),
				refused("forged certificate", Reason.SIGNATURE_INVALID,
						"certificate CN=alice is not signed with the key of its issuer CN=Root",
						(role) -> new Presented(
								List.of(Certificates.forged(Certificates.issue(ROOT, Certificates.leaf(role)).get(0))),
								List.of(ROOT.anchor()))),
				refused("forged intermediate", Reason.SIGNATURE_INVALID, "CN=Issuing CA",
						(role) -> new Presented(List.of(Certificates.issue(issuing, Certificates.leaf(role)).get(0),
								Certificates.forged(issuing.certificate())), List.of(ROOT.anchor()))),
				accepted("with its intermediate", (role) -> issuedBy(issuing, Certificates.leaf(role))),
				refused("without its intermediate", Reason.ISSUER_UNKNOWN,
						"issuer CN=Issuing CA is neither trusted nor part of the presented chain "
								+ "(certificate CN=alice needs it)",
						(role) -> issuedBy(issuing, Certificates.leaf(role)).only(0)),
				refused("without the upper intermediate", Reason.ISSUER_UNKNOWN,
						"issuer CN=Policy CA is neither trusted nor part of the presented chain "
								+ "(certificate CN=Deep CA needs it)",
						(role) -> issuedBy(deep, Certificates.leaf(role)).only(0, 1)),
				accepted("intermediate as the anchor",
						(role) -> issuedBy(issuing, Certificates.leaf(role)).only(0)
							.trustingOnly(issuing.certificate())),
				accepted("two intermediates", (role) -> issuedBy(deep, Certificates.leaf(role))),
				accepted("intermediates out of order", (role) -> issuedBy(deep, Certificates.leaf(role)).only(0, 2, 1)),
				accepted("anchor presented too", (role) -> issuedBy(deep, Certificates.leaf(role)).with(ROOT.anchor())),
				accepted("unneeded extra",
						(role) -> issuedBy(deep, Certificates.leaf(role)).with(unneeded.certificate(),
								other.certificate())),
				accepted("certificate twice", (role) -> issuedBy(deep, Certificates.leaf(role)).only(0, 0, 1, 2, 1)),
				accepted("several anchors of one subject, the right one last",
						(role) -> issuedBy(ROOT, Certificates.leaf(role)).trusting(impostor, ROOT)),
				accepted("several anchors of one subject, the right one first",
						(role) -> issuedBy(ROOT, Certificates.leaf(role)).trusting(ROOT, impostor)),
				accepted("cross-certificates, one of them to the anchor", PathVerifierTests::crossCertified),
				refused("cross-certificates, none of them to the anchor", Reason.ISSUER_UNKNOWN, "issuer CN=",
						(role) -> crossCertified(role).trusting(Certificates.root("Third"))));
	}

	static Stream<Arguments> validity() {
		CertificateAuthority expired = Certificates.root(ended(Certificates.authority("Expired Root")));
		CertificateAuthority ending = Certificates.root(Certificates.authority("Ending Root").notAfter(NOW));
		CertificateAuthority renewed = Certificates.root("Expired Root");
		CertificateAuthority later = Certificates
			.root(Certificates.authority("Later Root").notBefore(NOW.plus(SECOND)));
		return inBothRoles(
				refused("expired", Reason.CERTIFICATE_EXPIRED,
						"certificate CN=alice expired 3 days ago (2026-11-17T12:00:00Z)",
						(role) -> issuedBy(ROOT, endedBefore(Certificates.leaf(role), Duration.ofDays(3)))),
				refused("expired a second ago", Reason.CERTIFICATE_EXPIRED, "certificate CN=alice expired 1 second ago",
						(role) -> issuedBy(ROOT, ended(Certificates.leaf(role)))),
				accepted("in its last second", (role) -> issuedBy(ROOT, Certificates.leaf(role).notAfter(NOW))),
				refused("not yet valid", Reason.CERTIFICATE_NOT_YET_VALID,
						"certificate CN=alice becomes valid in 1 second (2026-11-20T12:00:01Z)",
						(role) -> issuedBy(ROOT, Certificates.leaf(role).notBefore(NOW.plus(SECOND)))),
				accepted("in its first second", (role) -> issuedBy(ROOT, Certificates.leaf(role).notBefore(NOW))),
				refused("expired intermediate", Reason.CERTIFICATE_EXPIRED, "certificate CN=Issuing CA expired",
						(role) -> issuedBy(intermediate(ended(Certificates.authority("Issuing CA"))),
								Certificates.leaf(role))),
				accepted("intermediate in its last second",
						(role) -> issuedBy(intermediate(Certificates.authority("Issuing CA").notAfter(NOW)),
								Certificates.leaf(role))),
				refused("intermediate not yet valid", Reason.CERTIFICATE_NOT_YET_VALID, "certificate CN=Issuing CA",
						(role) -> issuedBy(
								intermediate(Certificates.authority("Issuing CA").notBefore(NOW.plus(SECOND))),
								Certificates.leaf(role))),
				refused("expired anchor", Reason.CERTIFICATE_EXPIRED, "certificate CN=Expired Root expired",
						(role) -> issuedBy(expired, Certificates.leaf(role))),
				accepted("anchor in its last second", (role) -> issuedBy(ending, Certificates.leaf(role))),
				refused("anchor not yet valid", Reason.CERTIFICATE_NOT_YET_VALID, "certificate CN=Later Root",
						(role) -> issuedBy(later, Certificates.leaf(role))),
				accepted("expired anchor beside the renewed one",
						(role) -> issuedBy(renewed, Certificates.leaf(role)).trusting(expired, renewed)),
				refused("expired beside an expired anchor of the same name", Reason.CERTIFICATE_EXPIRED,
						"certificate CN=alice expired",
						(role) -> issuedBy(renewed, ended(Certificates.leaf(role))).trusting(expired, renewed)));
	}

	static Stream<Arguments> purposes() {
		return inBothRoles(
				refused("extended key usage of the other role", Reason.KEY_USAGE_WRONG,
						"extended key usage of certificate CN=alice does not hold",
						(role) -> issuedBy(ROOT, Certificates.leaf(role).extendedKeyUsage(purpose(other(role))))),
				refused("extended key usage codeSigning", Reason.KEY_USAGE_WRONG, "extended key usage",
						(role) -> issuedBy(ROOT,
								Certificates.leaf(role).extendedKeyUsage(ExtendedKeyUsage.CODE_SIGNING))),
				accepted("extended key usage of both roles",
						(role) -> issuedBy(ROOT,
								Certificates.leaf(role)
									.extendedKeyUsage(ExtendedKeyUsage.SERVER_AUTH, ExtendedKeyUsage.CLIENT_AUTH))),
				accepted("extended key usage any",
						(role) -> issuedBy(ROOT, Certificates.leaf(role).extendedKeyUsage(ExtendedKeyUsage.ANY))),
				accepted("no extended key usage",
						(role) -> issuedBy(ROOT, Certificates.leaf(role).withoutExtendedKeyUsage())),
				refused("intermediate of the other role", Reason.KEY_USAGE_WRONG,
						"extended key usage of certificate CN=Issuing CA does not hold",
						(role) -> issuedBy(
								intermediate(
										Certificates.authority("Issuing CA").extendedKeyUsage(purpose(other(role)))),
								Certificates.leaf(role))),
				accepted("intermediate of the same role",
						(role) -> issuedBy(
								intermediate(Certificates.authority("Issuing CA").extendedKeyUsage(purpose(role))),
								Certificates.leaf(role))),
				accepted("intermediate of any purpose",
						(role) -> issuedBy(
								intermediate(
										Certificates.authority("Issuing CA").extendedKeyUsage(ExtendedKeyUsage.ANY)),
								Certificates.leaf(role))),
				refused("anchor of the other role", Reason.KEY_USAGE_WRONG,
						"extended key usage of certificate CN=Narrow Root does not hold",
						(role) -> issuedBy(
								Certificates
									.root(Certificates.authority("Narrow Root").extendedKeyUsage(purpose(other(role)))),
								Certificates.leaf(role))),
				refused("key usage without digitalSignature", Reason.KEY_USAGE_WRONG,
						"key usage of certificate CN=alice does not hold digitalSignature",
						(role) -> issuedBy(ROOT, Certificates.leaf(role).keyUsage(KeyUsage.KEY_ENCIPHERMENT))),
				accepted("key usage with digitalSignature among others",
						(role) -> issuedBy(ROOT,
								Certificates.leaf(role)
									.keyUsage(KeyUsage.DIGITAL_SIGNATURE, KeyUsage.KEY_ENCIPHERMENT))),
				accepted("no key usage", (role) -> issuedBy(ROOT, Certificates.leaf(role).withoutKeyUsage())),
				accepted("neither key usage nor extended key usage",
						(role) -> issuedBy(ROOT, Certificates.leaf(role).withoutKeyUsage().withoutExtendedKeyUsage())),
				refused("intermediate's key usage without keyCertSign", Reason.KEY_USAGE_WRONG,
						"key usage of certificate CN=Issuing CA does not hold keyCertSign",
						(role) -> issuedBy(
								intermediate(Certificates.authority("Issuing CA").keyUsage(KeyUsage.CRL_SIGN)),
								Certificates.leaf(role))),
				accepted("intermediate without key usage",
						(role) -> issuedBy(intermediate(Certificates.authority("Issuing CA").withoutKeyUsage()),
								Certificates.leaf(role))),
				refused("anchor's key usage without keyCertSign", Reason.KEY_USAGE_WRONG,
						"key usage of certificate CN=Odd Root does not hold keyCertSign",
						(role) -> issuedBy(
								Certificates.root(Certificates.authority("Odd Root").keyUsage(KeyUsage.CRL_SIGN)),
								Certificates.leaf(role))),
				accepted("anchor without key usage",
						(role) -> issuedBy(Certificates.root(Certificates.authority("Bare Root").withoutKeyUsage()),
								Certificates.leaf(role))));
	}

	static Stream<Arguments> authorities() {
		CertificateAuthority version1 = Certificates.root(Certificates.authority("Old Root").version1());
		CertificateAuthority limited = Certificates.root(Certificates.authority("Limited Root").pathLength(0));
		return inBothRoles(
				refused("CA by its basic constraints as the leaf", Reason.LEAF_IS_CA, "basic constraints",
						(role) -> issuedBy(ROOT, Certificates.leaf(role).authority(true))),
				refused("CA by its key usage as the leaf", Reason.LEAF_IS_CA, "keyCertSign",
						(role) -> issuedBy(ROOT,
								Certificates.leaf(role)
									.withoutBasicConstraints()
									.keyUsage(KeyUsage.DIGITAL_SIGNATURE, KeyUsage.KEY_CERT_SIGN))),
				accepted("no basic constraints",
						(role) -> issuedBy(ROOT, Certificates.leaf(role).withoutBasicConstraints())),
				refused("intermediate that is no CA", Reason.CONSTRAINT_VIOLATED, "CN=Issuing CA",
						(role) -> issuedBy(intermediate(Certificates.authority("Issuing CA").authority(false)),
								Certificates.leaf(role))),
				refused("intermediate without basic constraints", Reason.CONSTRAINT_VIOLATED, "CN=Issuing CA",
						(role) -> issuedBy(intermediate(Certificates.authority("Issuing CA").withoutBasicConstraints()),
								Certificates.leaf(role))),
				refused("anchor that is no CA", Reason.CONSTRAINT_VIOLATED, "CN=bob",
						(role) -> issuedBy(
								Certificates.root(Certificates.leaf(role).commonName("bob").withoutKeyUsage()),
								Certificates.leaf(role))),
				refused("intermediate of version 1", Reason.CONSTRAINT_VIOLATED, "CN=Issuing CA",
						(role) -> issuedBy(intermediate(Certificates.authority("Issuing CA").version1()),
								Certificates.leaf(role))),
				refused("intermediate of version 1 with the anchor's name", Reason.CONSTRAINT_VIOLATED,
						"certificate CN=Root issued another certificate but is no CA certificate (version 1)",
						(role) -> issuedBy(intermediate(Certificates.authority("Root").version1()),
								Certificates.leaf(role))),
				accepted("intermediate of version 3 with the anchor's name",
						(role) -> issuedBy(intermediate(Certificates.authority("Root")), Certificates.leaf(role))),
				accepted("anchor of version 1", (role) -> issuedBy(version1, Certificates.leaf(role))),
				accepted("leaf of version 1", (role) -> issuedBy(ROOT, Certificates.leaf(role).version1())),
				refused("path longer than allowed", Reason.CONSTRAINT_VIOLATED, "CN=Issuing CA",
						(role) -> issuedBy(intermediate(Certificates.authority("Policy CA").pathLength(0))
							.intermediate("CN=Issuing CA"), Certificates.leaf(role))),
				accepted("path as long as allowed",
						(role) -> issuedBy(intermediate(Certificates.authority("Policy CA").pathLength(1))
							.intermediate("CN=Issuing CA"), Certificates.leaf(role))),
				accepted("path below a limited anchor", (role) -> issuedBy(limited, Certificates.leaf(role))),
				refused("unknown critical extension", Reason.CONSTRAINT_VIOLATED, "critical",
						(role) -> issuedBy(ROOT,
								Certificates.leaf(role).extension("1.2.3.4", true, new byte[] { 0x05, 0x00 }))),
				accepted("unknown extension that is not critical", (role) -> issuedBy(ROOT,
						Certificates.leaf(role).extension("1.2.3.4", false, new byte[] { 0x05, 0x00 }))));
	}

	static Stream<Arguments> strength() {
		KeyPair rsa1024 = Certificates.key("RSA", 1024);
		KeyPair rsa2052 = Certificates.key("RSA", 2052);
		KeyPair dsa = Certificates.key("DSA", 2048);
		KeyPair p192 = Certificates.ecKey("secp192r1");
		KeyPair p224 = Certificates.ecKey("secp224r1");
		KeyPair p384 = Certificates.ecKey("secp384r1");
		KeyPair ed25519 = Certificates.key("Ed25519", 255);
		CertificateAuthority sha1Root = Certificates
			.root(Certificates.authority("SHA-1 Root").keyType(KeyType.RSA_2048).signatureAlgorithm("SHA1withRSA"));
		CertificateAuthority dsaRoot = Certificates.root(Certificates.authority("DSA Root").keyPair(dsa));
		return inBothRoles(
				refused("RSA 1024", Reason.ALGORITHM_WEAK, "certificate CN=alice has an RSA key of 1024 bits",
						(role) -> issuedBy(ROOT, Certificates.leaf(role).keyPair(rsa1024))),
				refused("RSA 2052", Reason.ALGORITHM_WEAK, "certificate CN=alice has an RSA key of 2052 bits",
						(role) -> issuedBy(ROOT, Certificates.leaf(role).keyPair(rsa2052))),
				accepted("RSA 2048", (role) -> issuedBy(ROOT, Certificates.leaf(role).keyType(KeyType.RSA_2048))),
				accepted("RSA 3072", (role) -> issuedBy(ROOT, Certificates.leaf(role).keyType(KeyType.RSA_3072))),
				refused("DSA", Reason.ALGORITHM_WEAK, "certificate CN=alice has a key (DSA)",
						(role) -> issuedBy(ROOT, Certificates.leaf(role).keyPair(dsa))),
				refused("EC P-192", Reason.ALGORITHM_WEAK, "certificate CN=alice has",
						(role) -> issuedBy(ROOT, Certificates.leaf(role).keyPair(p192))),
				refused("EC P-224", Reason.ALGORITHM_WEAK, "certificate CN=alice has",
						(role) -> issuedBy(ROOT, Certificates.leaf(role).keyPair(p224))),
				accepted("EC P-256", (role) -> issuedBy(ROOT, Certificates.leaf(role).keyType(KeyType.EC_P256))),
				accepted("EC P-384", (role) -> issuedBy(ROOT, Certificates.leaf(role).keyPair(p384))),
				accepted("Ed25519", (role) -> issuedBy(ROOT, Certificates.leaf(role).keyPair(ed25519))),
				refused("RSA 1024 in an intermediate", Reason.ALGORITHM_WEAK, "certificate CN=Issuing CA has",
						(role) -> issuedBy(intermediate(Certificates.authority("Issuing CA").keyPair(rsa1024)),
								Certificates.leaf(role))),
				refused("RSA 1024 in the anchor", Reason.ALGORITHM_WEAK, "certificate CN=Weak Root has",
						(role) -> issuedBy(WEAK_ROOT, Certificates.leaf(role))),
				refused("EC P-224 in an intermediate", Reason.ALGORITHM_WEAK, "certificate CN=Issuing CA has",
						(role) -> issuedBy(intermediate(Certificates.authority("Issuing CA")), Certificates.leaf(role))
							.only(0)
							.with(intermediate(Certificates.authority("Issuing CA").keyPair(p224)).certificate())),
				refused("DSA in the anchor", Reason.ALGORITHM_WEAK, "certificate CN=DSA Root has",
						(role) -> issuedBy(dsaRoot, Certificates.leaf(role))),
				refused("SHA-1 with RSA", Reason.ALGORITHM_WEAK, "certificate CN=alice is signed with SHA1withRSA",
						(role) -> issuedBy(RSA_ROOT, Certificates.leaf(role).signatureAlgorithm("SHA1withRSA"))),
				refused("SHA-1 with ECDSA", Reason.ALGORITHM_WEAK, "certificate CN=alice is signed with SHA1withECDSA",
						(role) -> issuedBy(ROOT, Certificates.leaf(role).signatureAlgorithm("SHA1withECDSA"))),
				refused("MD5", Reason.ALGORITHM_WEAK, "certificate CN=alice is signed with MD5withRSA",
						(role) -> issuedBy(RSA_ROOT, Certificates.leaf(role).signatureAlgorithm("MD5withRSA"))),
				refused("SHA-1 on an intermediate", Reason.ALGORITHM_WEAK, "certificate CN=Issuing CA is signed with",
						(role) -> issuedBy(
								intermediate(Certificates.authority("Issuing CA").signatureAlgorithm("SHA1withECDSA")),
								Certificates.leaf(role))),
				accepted("SHA-1 on the anchor", (role) -> issuedBy(sha1Root, Certificates.leaf(role))),
				accepted("SHA-256 with RSA", (role) -> issuedBy(RSA_ROOT, Certificates.leaf(role))),
				accepted("SHA-512 with RSA",
						(role) -> issuedBy(RSA_ROOT, Certificates.leaf(role).signatureAlgorithm("SHA512withRSA"))),
				accepted("SHA-384 with ECDSA",
						(role) -> issuedBy(ROOT, Certificates.leaf(role).signatureAlgorithm("SHA384withECDSA"))));
	}

	static Stream<Arguments> selfSigned() {
		KeyPair key = KeyType.EC_P256.generate();
		return inBothRoles(
				refused("self-signed", Reason.ISSUER_UNKNOWN, "CN=alice is its own issuer and not configured as trust",
						(role) -> new Presented(List.of(Certificates.selfSigned(Certificates.leaf(role))),
								List.of(ROOT.anchor()))),
				accepted("self-signed and configured",
						(role) -> itself(Certificates.selfSigned(Certificates.leaf(role)))),
				refused("self-signed, with the key and name of a configured one", Reason.ISSUER_UNKNOWN, "CN=alice",
						(role) -> new Presented(List.of(Certificates.selfSigned(Certificates.leaf(role).keyPair(key))),
								List.of(Certificates.selfSigned(Certificates.leaf(role).keyPair(key))))),
				refused("self-signed, with the name of a configured one", Reason.SIGNATURE_INVALID,
						"certificate CN=alice is not signed with the key of its issuer CN=alice",
						(role) -> new Presented(List.of(Certificates.selfSigned(Certificates.leaf(role))),
								List.of(Certificates.selfSigned(Certificates.leaf(role))))),
				refused("self-signed CA and configured", Reason.LEAF_IS_CA, "CN=Root", (role) -> itself(ROOT.anchor())),
				refused("self-signed and configured, expired", Reason.CERTIFICATE_EXPIRED, "CN=alice",
						(role) -> itself(Certificates.selfSigned(ended(Certificates.leaf(role))))),
				refused("self-signed and configured, of the other role", Reason.KEY_USAGE_WRONG, "CN=alice",
						(role) -> itself(Certificates.selfSigned(Certificates.leaf(other(role))))),
				refused("self-signed and configured, weak", Reason.ALGORITHM_WEAK, "CN=alice",
						(role) -> itself(Certificates
							.selfSigned(Certificates.leaf(role).keyPair(Certificates.key("RSA", 1024))))),
				refused("configured, but not self-signed", Reason.ISSUER_UNKNOWN, "issuer CN=Root",
						(role) -> itself(Certificates.issue(ROOT, Certificates.leaf(role)).get(0))),
				accepted("configured beside its issuer", (role) -> {
					X509Certificate leaf = Certificates.issue(ROOT, Certificates.leaf(role)).get(0);
					return new Presented(List.of(leaf), List.of(leaf, ROOT.anchor()));
				}));
	}

	static Stream<Arguments> shapes() {
		byte[] large = new byte[PresentedChain.MAX_BYTES];
		return inBothRoles(
				accepted("as many certificates as are read",
						(role) -> issuedBy(ROOT, Certificates.leaf(role)).with(many(9))),
				refused("more certificates than are read", Reason.CERTIFICATE_MALFORMED, "11 certificates, at most 10",
						(role) -> issuedBy(ROOT, Certificates.leaf(role)).with(many(10))),
				refused("more bytes than are read", Reason.CERTIFICATE_MALFORMED, "at most 262144",
						(role) -> issuedBy(ROOT, Certificates.leaf(role).extension("1.2.3.4", false, large))),
				accepted("nearly as many bytes as are read",
						(role) -> issuedBy(ROOT,
								Certificates.leaf(role)
									.extension("1.2.3.4", false, Arrays.copyOf(large, large.length - 1024)))),
				refused("no certificate at all in the list", Reason.CERTIFICATE_MALFORMED, "",
						(role) -> new Presented(Collections.singletonList(null), List.of(ROOT.anchor()))));
	}

	static Stream<Arguments> malformed() throws Exception {
		byte[] nameWithNul = new GeneralNames(new GeneralName(GeneralName.dNSName, "a\u0000.example.com")).getEncoded();
		byte[] name = new GeneralNames(new GeneralName(GeneralName.dNSName, "a.example.com")).getEncoded();
		return inBothRoles(
				refused("key usage that cannot be parsed", Reason.CERTIFICATE_MALFORMED, "2.5.29.15",
						(role) -> issuedBy(ROOT, Certificates.leaf(role).extension("2.5.29.15", false, NOT_DER))),
				refused("extended key usage that cannot be parsed", Reason.CERTIFICATE_MALFORMED, "2.5.29.37",
						(role) -> issuedBy(ROOT, Certificates.leaf(role).extension("2.5.29.37", false, NOT_DER))),
				refused("basic constraints that cannot be parsed", Reason.CERTIFICATE_MALFORMED, "2.5.29.19",
						(role) -> issuedBy(ROOT, Certificates.leaf(role).extension("2.5.29.19", false, NOT_DER))),
				refused("intermediate's extended key usage that cannot be parsed", Reason.CERTIFICATE_MALFORMED,
						"2.5.29.37",
						(role) -> issuedBy(
								intermediate(
										Certificates.authority("Issuing CA").extension("2.5.29.37", false, NOT_DER)),
								Certificates.leaf(role))),
				refused("name with a NUL", Reason.IDENTITY_MALFORMED, "",
						(role) -> issuedBy(ROOT, Certificates.leaf(role).extension("2.5.29.17", false, nameWithNul))),
				accepted("name without a NUL",
						(role) -> issuedBy(ROOT, Certificates.leaf(role).extension("2.5.29.17", false, name))));
	}

	private static Reason reason(List<X509Certificate> chain, PeerRole role, CertificateAuthority... trusted) {
		List<X509Certificate> anchors = Stream.of(trusted).map(CertificateAuthority::anchor).toList();
		return ((Verdict.Refused<VerifiedPath>) new PathVerifier(anchors).verify(chain, role, NOW)).denial().reason();
	}

	private static CertificateRequest.Builder plain() {
		return Certificates.authority("Plain").withoutKeyIdentifiers();
	}

	private static Stream<Arguments> inBothRoles(Row... rows) {
		return Stream.of(rows).flatMap((row) -> Stream.of(PeerRole.values()).map((role) -> Arguments.of(row, role)));
	}

	private static Row accepted(String description, Function<PeerRole, Presented> presented) {
		return new Row(description, null, "", presented);
	}

	private static Row refused(String description, Reason reason, String detail,
			Function<PeerRole, Presented> presented) {
		return new Row(description, reason, detail, presented);
	}

	private static Presented issuedBy(CertificateAuthority authority, CertificateRequest.Builder leaf) {
		return new Presented(Certificates.issue(authority, leaf), List.of(authority.anchor()));
	}

	private static Presented itself(X509Certificate certificate) {
		return new Presented(List.of(certificate), List.of(certificate));
	}

	private static Presented crossCertified(PeerRole role) {
		KeyPair key = KeyType.EC_P256.generate();
		CertificateAuthority issuing = intermediate(Certificates.authority("Issuing CA").keyPair(key));
		CertificateAuthority other = Certificates.root("Other");
		X509Certificate cross = other.intermediate(Certificates.authority("Issuing CA").keyPair(key).build())
			.certificate();
		return issuedBy(issuing, Certificates.leaf(role)).with(cross).trusting(other);
	}

	private static X509Certificate[] many(int count) {
		return Stream.generate(() -> Certificates.root("Unneeded").certificate())
			.limit(count)
			.toArray(X509Certificate[]::new);
	}

	private static CertificateAuthority intermediate(CertificateRequest.Builder request) {
		return ROOT.intermediate(request.build());
	}

	private static CertificateRequest.Builder ended(CertificateRequest.Builder request) {
		return endedBefore(request, SECOND);
	}

	private static CertificateRequest.Builder endedBefore(CertificateRequest.Builder request, Duration before) {
		return request.notBefore(NOW.minus(Duration.ofDays(90))).notAfter(NOW.minus(before));
	}

	private static PeerRole other(PeerRole role) {
		return (role == PeerRole.CLIENT) ? PeerRole.SERVER : PeerRole.CLIENT;
	}

	private static ExtendedKeyUsage purpose(PeerRole role) {
		return (role == PeerRole.CLIENT) ? ExtendedKeyUsage.CLIENT_AUTH : ExtendedKeyUsage.SERVER_AUTH;
	}

	/**
	 * One row of the table.
	 *
	 * @param description what is presented, in words
	 * @param reason why it is refused, or {@code null} if it is accepted
	 * @param detail a part of the denial's detail
	 * @param presented what is presented
	 */
	private record Row(String description, @Nullable Reason reason, String detail,
			Function<PeerRole, Presented> presented) {

		@Override
		public String toString() {
			return "%s: %s".formatted(this.description, (this.reason != null) ? this.reason : "accepted");
		}

	}

	/**
	 * What a peer presents, and what is trusted.
	 *
	 * @param chain the presented certificates
	 * @param anchors the anchors
	 */
	private record Presented(List<X509Certificate> chain, List<X509Certificate> anchors) {

		Presented with(X509Certificate... extras) {
			List<X509Certificate> all = new ArrayList<>(this.chain);
			all.addAll(List.of(extras));
			return new Presented(all, this.anchors);
		}

		Presented only(int... indices) {
			return new Presented(Arrays.stream(indices).mapToObj(this.chain::get).toList(), this.anchors);
		}

		Presented trusting(CertificateAuthority... authorities) {
			return new Presented(this.chain, Stream.of(authorities).map(CertificateAuthority::anchor).toList());
		}

		Presented trustingOnly(X509Certificate anchor) {
			return new Presented(this.chain, List.of(anchor));
		}

	}

}
