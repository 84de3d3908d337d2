package dev.mtls.trust;

import java.security.KeyPair;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.stream.Stream;

import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
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
	void verifyWhenPresentedReturnsVerdict(PathRow row, PeerRole role) {
		row.assertVerdict(role);
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
		return PathRow.inBothRoles(
				PathRow.refused("no certificate", Reason.CERTIFICATE_MISSING, "no certificate",
						(role) -> new Presented(List.of(), List.of(ROOT.anchor()))),
				PathRow.accepted("a certificate of the CA",
						(role) -> Presented.issuedBy(ROOT, Certificates.leaf(role))));
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
		return PathRow.inBothRoles(
				PathRow.refused("other CA", Reason.ISSUER_UNKNOWN,
						"issuer CN=Other is neither trusted nor part of the presented chain",
						(role) -> Presented.issuedBy(other, Certificates.leaf(role)).trusting(ROOT)),
				PathRow.refused("other CA that presents itself", Reason.ISSUER_UNKNOWN,
						"CN=Other is its own issuer and not configured as trust",
						(role) -> Presented.issuedBy(other, Certificates.leaf(role))
							.with(other.anchor())
							.trusting(ROOT)),
				PathRow.refused("other CA of the same name", Reason.ISSUER_UNKNOWN,
						"certificate CN=alice was issued with another key than that of the trusted certificate CN=Root",
						(role) -> Presented.issuedBy(impostor, Certificates.leaf(role)).trusting(ROOT)),
				PathRow.refused("other CA of the same name, without identifiers", Reason.SIGNATURE_INVALID, "CN=alice",
						(role) -> Presented.issuedBy(plainImpostor, Certificates.leaf(role).withoutKeyIdentifiers())
							.trusting(plain)),
				PathRow.refused("other CA of the same name and another kind of key", Reason.SIGNATURE_INVALID,
						"CN=alice",
						(role) -> Presented.issuedBy(plainImpostor, Certificates.leaf(role).withoutKeyIdentifiers())
							.trusting(plainRsa)),
				PathRow
					.accepted(
							"CA without identifiers", (role) -> Presented.issuedBy(plain,
									Certificates.leaf(role).withoutKeyIdentifiers())),
				PathRow
					.refused("forged certificate", Reason.SIGNATURE_INVALID,
							"certificate CN=alice is not signed with the key of its issuer CN=Root", (
									role) -> new Presented(
											List.of(Certificates.forged(
													Certificates.issue(ROOT, Certificates.leaf(role)).get(0))),
											List.of(ROOT.anchor()))),
				PathRow.refused("forged intermediate", Reason.SIGNATURE_INVALID, "CN=Issuing CA",
						(role) -> new Presented(List.of(Certificates.issue(issuing, Certificates.leaf(role)).get(0),
								Certificates.forged(issuing.certificate())), List.of(ROOT.anchor()))),
				PathRow.accepted("with its intermediate",
						(role) -> Presented.issuedBy(issuing, Certificates.leaf(role))),
				PathRow.refused("without its intermediate", Reason.ISSUER_UNKNOWN,
						"issuer CN=Issuing CA is neither trusted nor part of the presented chain "
								+ "(certificate CN=alice needs it)",
						(role) -> Presented.issuedBy(issuing, Certificates.leaf(role)).only(0)),
				PathRow.refused("without the upper intermediate", Reason.ISSUER_UNKNOWN,
						"issuer CN=Policy CA is neither trusted nor part of the presented chain "
								+ "(certificate CN=Deep CA needs it)",
						(role) -> Presented.issuedBy(deep, Certificates.leaf(role)).only(0, 1)),
				PathRow.accepted("intermediate as the anchor",
						(role) -> Presented.issuedBy(issuing, Certificates.leaf(role))
							.only(0)
							.trustingOnly(issuing.certificate())),
				PathRow.accepted("two intermediates", (role) -> Presented.issuedBy(deep, Certificates.leaf(role))),
				PathRow.accepted("intermediates out of order",
						(role) -> Presented.issuedBy(deep, Certificates.leaf(role)).only(0, 2, 1)),
				PathRow.accepted("anchor presented too",
						(role) -> Presented.issuedBy(deep, Certificates.leaf(role)).with(ROOT.anchor())),
				PathRow.accepted("unneeded extra",
						(role) -> Presented.issuedBy(deep, Certificates.leaf(role))
							.with(unneeded.certificate(), other.certificate())),
				PathRow.accepted("certificate twice",
						(role) -> Presented.issuedBy(deep, Certificates.leaf(role)).only(0, 0, 1, 2, 1)),
				PathRow.accepted("several anchors of one subject, the right one last",
						(role) -> Presented.issuedBy(ROOT, Certificates.leaf(role)).trusting(impostor, ROOT)),
				PathRow.accepted("several anchors of one subject, the right one first",
						(role) -> Presented.issuedBy(ROOT, Certificates.leaf(role)).trusting(ROOT, impostor)),
				PathRow.accepted("cross-certificates, one of them to the anchor", PathVerifierTests::crossCertified),
				PathRow.refused("cross-certificates, none of them to the anchor", Reason.ISSUER_UNKNOWN, "issuer CN=",
						(role) -> crossCertified(role).trusting(Certificates.root("Third"))));
	}

	static Stream<Arguments> validity() {
		CertificateAuthority expired = Certificates.root(ended(Certificates.authority("Expired Root")));
		CertificateAuthority ending = Certificates.root(Certificates.authority("Ending Root").notAfter(NOW));
		CertificateAuthority renewed = Certificates.root("Expired Root");
		CertificateAuthority later = Certificates
			.root(Certificates.authority("Later Root").notBefore(NOW.plus(SECOND)));
		return PathRow
			.inBothRoles(
					PathRow.refused("expired", Reason.CERTIFICATE_EXPIRED,
							"certificate CN=alice expired 3 days ago (2026-11-17T12:00:00Z)",
							(role) -> Presented.issuedBy(ROOT,
									endedBefore(Certificates.leaf(role), Duration.ofDays(3)))),
					PathRow.refused("expired a second ago", Reason.CERTIFICATE_EXPIRED,
							"certificate CN=alice expired 1 second ago",
							(role) -> Presented.issuedBy(ROOT, ended(Certificates.leaf(role)))),
					PathRow.accepted("in its last second",
							(role) -> Presented.issuedBy(ROOT, Certificates.leaf(role).notAfter(NOW))),
					PathRow.refused("not yet valid", Reason.CERTIFICATE_NOT_YET_VALID,
							"certificate CN=alice becomes valid in 1 second (2026-11-20T12:00:01Z)",
							(role) -> Presented.issuedBy(ROOT, Certificates.leaf(role).notBefore(NOW.plus(SECOND)))),
					PathRow.accepted("in its first second",
							(role) -> Presented.issuedBy(ROOT, Certificates.leaf(role).notBefore(NOW))),
					PathRow.refused("expired intermediate", Reason.CERTIFICATE_EXPIRED,
							"certificate CN=Issuing CA expired",
							(role) -> Presented.issuedBy(intermediate(ended(Certificates.authority("Issuing CA"))),
									Certificates.leaf(role))),
					PathRow.accepted("intermediate in its last second",
							(role) -> Presented.issuedBy(
									intermediate(Certificates.authority("Issuing CA").notAfter(NOW)),
									Certificates.leaf(role))),
					PathRow.refused("intermediate not yet valid", Reason.CERTIFICATE_NOT_YET_VALID,
							"certificate CN=Issuing CA",
							(role) -> Presented.issuedBy(
									intermediate(Certificates.authority("Issuing CA").notBefore(NOW.plus(SECOND))),
									Certificates.leaf(role))),
					PathRow.refused("expired anchor", Reason.CERTIFICATE_EXPIRED, "certificate CN=Expired Root expired",
							(role) -> Presented.issuedBy(expired, Certificates.leaf(role))),
					PathRow.accepted("anchor in its last second",
							(role) -> Presented.issuedBy(ending, Certificates.leaf(role))),
					PathRow.refused("anchor not yet valid", Reason.CERTIFICATE_NOT_YET_VALID,
							"certificate CN=Later Root", (role) -> Presented.issuedBy(later, Certificates.leaf(role))),
					PathRow.accepted("expired anchor beside the renewed one",
							(role) -> Presented.issuedBy(renewed, Certificates.leaf(role)).trusting(expired, renewed)),
					PathRow.refused("expired beside an expired anchor of the same name", Reason.CERTIFICATE_EXPIRED,
							"certificate CN=alice expired",
							(role) -> Presented.issuedBy(renewed, ended(Certificates.leaf(role)))
								.trusting(expired, renewed)));
	}

	static Stream<Arguments> purposes() {
		return PathRow.inBothRoles(
				PathRow.refused("extended key usage of the other role", Reason.KEY_USAGE_WRONG,
						"extended key usage of certificate CN=alice does not hold",
						(role) -> Presented.issuedBy(ROOT,
								Certificates.leaf(role).extendedKeyUsage(purpose(other(role))))),
				PathRow.refused("extended key usage codeSigning", Reason.KEY_USAGE_WRONG, "extended key usage",
						(role) -> Presented.issuedBy(ROOT,
								Certificates.leaf(role).extendedKeyUsage(ExtendedKeyUsage.CODE_SIGNING))),
				PathRow.accepted("extended key usage of both roles",
						(role) -> Presented.issuedBy(ROOT,
								Certificates.leaf(role)
									.extendedKeyUsage(ExtendedKeyUsage.SERVER_AUTH, ExtendedKeyUsage.CLIENT_AUTH))),
				PathRow.accepted("extended key usage any",
						(role) -> Presented.issuedBy(ROOT,
								Certificates.leaf(role).extendedKeyUsage(ExtendedKeyUsage.ANY))),
				PathRow.accepted("no extended key usage",
						(role) -> Presented.issuedBy(ROOT, Certificates.leaf(role).withoutExtendedKeyUsage())),
				PathRow
					.refused("intermediate of the other role", Reason.KEY_USAGE_WRONG,
							"extended key usage of certificate CN=Issuing CA does not hold",
							(role) -> Presented.issuedBy(intermediate(
									Certificates.authority("Issuing CA").extendedKeyUsage(purpose(other(role)))),
									Certificates.leaf(role))),
				PathRow.accepted("intermediate of the same role",
						(role) -> Presented.issuedBy(
								intermediate(Certificates.authority("Issuing CA").extendedKeyUsage(purpose(role))),
								Certificates.leaf(role))),
				PathRow
					.accepted("intermediate of any purpose",
							(role) -> Presented.issuedBy(intermediate(
									Certificates.authority("Issuing CA").extendedKeyUsage(ExtendedKeyUsage.ANY)),
									Certificates.leaf(role))),
				PathRow.refused("anchor of the other role", Reason.KEY_USAGE_WRONG,
						"extended key usage of certificate CN=Narrow Root does not hold",
						(role) -> Presented.issuedBy(
								Certificates
									.root(Certificates.authority("Narrow Root").extendedKeyUsage(purpose(other(role)))),
								Certificates.leaf(role))),
				PathRow.refused("key usage without digitalSignature", Reason.KEY_USAGE_WRONG,
						"key usage of certificate CN=alice does not hold digitalSignature",
						(role) -> Presented.issuedBy(ROOT,
								Certificates.leaf(role).keyUsage(KeyUsage.KEY_ENCIPHERMENT))),
				PathRow.accepted("key usage with digitalSignature among others",
						(role) -> Presented.issuedBy(ROOT,
								Certificates.leaf(role)
									.keyUsage(KeyUsage.DIGITAL_SIGNATURE, KeyUsage.KEY_ENCIPHERMENT))),
				PathRow.accepted("no key usage",
						(role) -> Presented.issuedBy(ROOT, Certificates.leaf(role).withoutKeyUsage())),
				PathRow.accepted("neither key usage nor extended key usage",
						(role) -> Presented.issuedBy(ROOT,
								Certificates.leaf(role).withoutKeyUsage().withoutExtendedKeyUsage())),
				PathRow.refused("intermediate's key usage without keyCertSign", Reason.KEY_USAGE_WRONG,
						"key usage of certificate CN=Issuing CA does not hold keyCertSign",
						(role) -> Presented.issuedBy(
								intermediate(Certificates.authority("Issuing CA").keyUsage(KeyUsage.CRL_SIGN)),
								Certificates.leaf(role))),
				PathRow.accepted("intermediate without key usage",
						(role) -> Presented.issuedBy(
								intermediate(Certificates.authority("Issuing CA").withoutKeyUsage()),
								Certificates.leaf(role))),
				PathRow.refused("anchor's key usage without keyCertSign", Reason.KEY_USAGE_WRONG,
						"key usage of certificate CN=Odd Root does not hold keyCertSign",
						(role) -> Presented.issuedBy(
								Certificates.root(Certificates.authority("Odd Root").keyUsage(KeyUsage.CRL_SIGN)),
								Certificates.leaf(role))),
				PathRow.accepted("anchor without key usage",
						(role) -> Presented.issuedBy(
								Certificates.root(Certificates.authority("Bare Root").withoutKeyUsage()),
								Certificates.leaf(role))));
	}

	static Stream<Arguments> authorities() {
		CertificateAuthority version1 = Certificates.root(Certificates.authority("Old Root").version1());
		CertificateAuthority limited = Certificates.root(Certificates.authority("Limited Root").pathLength(0));
		return PathRow.inBothRoles(
				PathRow.refused("CA by its basic constraints as the leaf", Reason.LEAF_IS_CA, "basic constraints",
						(role) -> Presented.issuedBy(ROOT, Certificates.leaf(role).authority(true))),
				PathRow.refused("CA by its key usage as the leaf", Reason.LEAF_IS_CA, "keyCertSign",
						(role) -> Presented.issuedBy(ROOT,
								Certificates.leaf(role)
									.withoutBasicConstraints()
									.keyUsage(KeyUsage.DIGITAL_SIGNATURE, KeyUsage.KEY_CERT_SIGN))),
				PathRow.accepted("no basic constraints",
						(role) -> Presented.issuedBy(ROOT, Certificates.leaf(role).withoutBasicConstraints())),
				PathRow.refused("intermediate that is no CA", Reason.CONSTRAINT_VIOLATED, "CN=Issuing CA",
						(role) -> Presented.issuedBy(
								intermediate(Certificates.authority("Issuing CA").authority(false)),
								Certificates.leaf(role))),
				PathRow.refused("intermediate without basic constraints", Reason.CONSTRAINT_VIOLATED, "CN=Issuing CA",
						(role) -> Presented.issuedBy(
								intermediate(Certificates.authority("Issuing CA").withoutBasicConstraints()),
								Certificates.leaf(role))),
				PathRow.refused("anchor that is no CA", Reason.CONSTRAINT_VIOLATED, "CN=bob",
						(role) -> Presented.issuedBy(
								Certificates.root(Certificates.leaf(role).commonName("bob").withoutKeyUsage()),
								Certificates.leaf(role))),
				PathRow.refused("intermediate of version 1", Reason.CONSTRAINT_VIOLATED, "CN=Issuing CA",
						(role) -> Presented.issuedBy(intermediate(Certificates.authority("Issuing CA").version1()),
								Certificates.leaf(role))),
				PathRow.refused("intermediate of version 1 with the anchor's name", Reason.CONSTRAINT_VIOLATED,
						"certificate CN=Root issued another certificate but is no CA certificate (version 1)",
						(role) -> Presented.issuedBy(intermediate(Certificates.authority("Root").version1()),
								Certificates.leaf(role))),
				PathRow.accepted("intermediate of version 3 with the anchor's name",
						(role) -> Presented.issuedBy(intermediate(Certificates.authority("Root")),
								Certificates.leaf(role))),
				PathRow.accepted("anchor of version 1",
						(role) -> Presented.issuedBy(version1, Certificates.leaf(role))),
				PathRow.accepted("leaf of version 1",
						(role) -> Presented.issuedBy(ROOT, Certificates.leaf(role).version1())),
				PathRow.refused("path longer than allowed", Reason.CONSTRAINT_VIOLATED, "CN=Issuing CA",
						(role) -> Presented.issuedBy(intermediate(Certificates.authority("Policy CA").pathLength(0))
							.intermediate("CN=Issuing CA"), Certificates.leaf(role))),
				PathRow.accepted("path as long as allowed",
						(role) -> Presented.issuedBy(intermediate(Certificates.authority("Policy CA").pathLength(1))
							.intermediate("CN=Issuing CA"), Certificates.leaf(role))),
				PathRow.accepted("path below a limited anchor",
						(role) -> Presented.issuedBy(limited, Certificates.leaf(role))),
				PathRow.refused("unknown critical extension", Reason.CONSTRAINT_VIOLATED, "critical",
						(role) -> Presented.issuedBy(ROOT,
								Certificates.leaf(role).extension("1.2.3.4", true, new byte[] { 0x05, 0x00 }))),
				PathRow.accepted("unknown extension that is not critical", (role) -> Presented.issuedBy(ROOT,
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
		return PathRow
			.inBothRoles(
					PathRow.refused("RSA 1024", Reason.ALGORITHM_WEAK,
							"certificate CN=alice has an RSA key of 1024 bits",
							(role) -> Presented.issuedBy(ROOT, Certificates.leaf(role).keyPair(rsa1024))),
					PathRow.refused("RSA 2052", Reason.ALGORITHM_WEAK,
							"certificate CN=alice has an RSA key of 2052 bits",
							(role) -> Presented.issuedBy(ROOT, Certificates.leaf(role).keyPair(rsa2052))),
					PathRow.accepted("RSA 2048",
							(role) -> Presented.issuedBy(ROOT, Certificates.leaf(role).keyType(KeyType.RSA_2048))),
					PathRow.accepted("RSA 3072",
							(role) -> Presented.issuedBy(ROOT, Certificates.leaf(role).keyType(KeyType.RSA_3072))),
					PathRow.refused("DSA", Reason.ALGORITHM_WEAK, "certificate CN=alice has a key (DSA)",
							(role) -> Presented.issuedBy(ROOT, Certificates.leaf(role).keyPair(dsa))),
					PathRow.refused("EC P-192", Reason.ALGORITHM_WEAK, "certificate CN=alice has",
							(role) -> Presented.issuedBy(ROOT, Certificates.leaf(role).keyPair(p192))),
					PathRow.refused("EC P-224", Reason.ALGORITHM_WEAK, "certificate CN=alice has",
							(role) -> Presented.issuedBy(ROOT, Certificates.leaf(role).keyPair(p224))),
					PathRow.accepted("EC P-256",
							(role) -> Presented.issuedBy(ROOT, Certificates.leaf(role).keyType(KeyType.EC_P256))),
					PathRow.accepted("EC P-384",
							(role) -> Presented.issuedBy(ROOT, Certificates.leaf(role).keyPair(p384))),
					PathRow.accepted("Ed25519",
							(role) -> Presented.issuedBy(ROOT, Certificates.leaf(role).keyPair(ed25519))),
					PathRow
						.refused("RSA 1024 in an intermediate", Reason.ALGORITHM_WEAK, "certificate CN=Issuing CA has",
								(role) -> Presented
									.issuedBy(intermediate(Certificates.authority("Issuing CA").keyPair(rsa1024)),
											Certificates.leaf(role))),
					PathRow.refused("RSA 1024 in the anchor", Reason.ALGORITHM_WEAK, "certificate CN=Weak Root has",
							(role) -> Presented.issuedBy(WEAK_ROOT, Certificates.leaf(role))),
					PathRow.refused("EC P-224 in an intermediate", Reason.ALGORITHM_WEAK,
							"certificate CN=Issuing CA has",
							(role) -> Presented
								.issuedBy(intermediate(Certificates.authority("Issuing CA")), Certificates.leaf(role))
								.only(0)
								.with(intermediate(Certificates.authority("Issuing CA").keyPair(p224)).certificate())),
					PathRow.refused("DSA in the anchor", Reason.ALGORITHM_WEAK, "certificate CN=DSA Root has",
							(role) -> Presented.issuedBy(dsaRoot, Certificates.leaf(role))),
					PathRow.refused("SHA-1 with RSA", Reason.ALGORITHM_WEAK,
							"certificate CN=alice is signed with SHA1withRSA",
							(role) -> Presented.issuedBy(RSA_ROOT,
									Certificates.leaf(role).signatureAlgorithm("SHA1withRSA"))),
					PathRow.refused("SHA-1 with ECDSA", Reason.ALGORITHM_WEAK,
							"certificate CN=alice is signed with SHA1withECDSA",
							(role) -> Presented.issuedBy(ROOT,
									Certificates.leaf(role).signatureAlgorithm("SHA1withECDSA"))),
					PathRow.refused("MD5", Reason.ALGORITHM_WEAK, "certificate CN=alice is signed with MD5withRSA",
							(role) -> Presented.issuedBy(RSA_ROOT,
									Certificates.leaf(role).signatureAlgorithm("MD5withRSA"))),
					PathRow
						.refused("SHA-1 on an intermediate", Reason.ALGORITHM_WEAK,
								"certificate CN=Issuing CA is signed with",
								(role) -> Presented.issuedBy(intermediate(
										Certificates.authority("Issuing CA").signatureAlgorithm("SHA1withECDSA")),
										Certificates.leaf(role))),
					PathRow.accepted("SHA-1 on the anchor",
							(role) -> Presented.issuedBy(sha1Root, Certificates.leaf(role))),
					PathRow.accepted("SHA-256 with RSA",
							(role) -> Presented.issuedBy(RSA_ROOT, Certificates.leaf(role))),
					PathRow.accepted("SHA-512 with RSA",
							(role) -> Presented.issuedBy(RSA_ROOT,
									Certificates.leaf(role).signatureAlgorithm("SHA512withRSA"))),
					PathRow.accepted("SHA-384 with ECDSA", (role) -> Presented.issuedBy(ROOT,
							Certificates.leaf(role).signatureAlgorithm("SHA384withECDSA"))));
	}

	static Stream<Arguments> selfSigned() {
		KeyPair key = KeyType.EC_P256.generate();
		return PathRow.inBothRoles(
				PathRow.refused(
						"self-signed", Reason.ISSUER_UNKNOWN, "CN=alice is its own issuer and not configured as trust",
						(role) -> new Presented(List.of(Certificates.selfSigned(Certificates.leaf(role))),
								List.of(ROOT.anchor()))),
				PathRow.accepted("self-signed and configured",
						(role) -> Presented.itself(Certificates.selfSigned(Certificates.leaf(role)))),
				PathRow.refused("self-signed, with the key and name of a configured one", Reason.ISSUER_UNKNOWN,
						"CN=alice",
						(role) -> new Presented(List.of(Certificates.selfSigned(Certificates.leaf(role).keyPair(key))),
								List.of(Certificates.selfSigned(Certificates.leaf(role).keyPair(key))))),
				PathRow.refused("self-signed, with the name of a configured one", Reason.SIGNATURE_INVALID,
						"certificate CN=alice is not signed with the key of its issuer CN=alice",
						(role) -> new Presented(List.of(Certificates.selfSigned(Certificates.leaf(role))),
								List.of(Certificates.selfSigned(Certificates.leaf(role))))),
				PathRow.refused("self-signed CA and configured", Reason.LEAF_IS_CA, "CN=Root",
						(role) -> Presented.itself(ROOT.anchor())),
				PathRow.refused("self-signed and configured, expired", Reason.CERTIFICATE_EXPIRED, "CN=alice",
						(role) -> Presented.itself(Certificates.selfSigned(ended(Certificates.leaf(role))))),
				PathRow.refused("self-signed and configured, of the other role", Reason.KEY_USAGE_WRONG, "CN=alice",
						(role) -> Presented.itself(Certificates.selfSigned(Certificates.leaf(other(role))))),
				PathRow.refused("self-signed and configured, weak", Reason.ALGORITHM_WEAK, "CN=alice",
						(role) -> Presented.itself(Certificates
							.selfSigned(Certificates.leaf(role).keyPair(Certificates.key("RSA", 1024))))),
				PathRow.refused("configured, but not self-signed", Reason.ISSUER_UNKNOWN, "issuer CN=Root",
						(role) -> Presented.itself(Certificates.issue(ROOT, Certificates.leaf(role)).get(0))),
				PathRow.accepted("configured beside its issuer", (role) -> {
					X509Certificate leaf = Certificates.issue(ROOT, Certificates.leaf(role)).get(0);
					return new Presented(List.of(leaf), List.of(leaf, ROOT.anchor()));
				}));
	}

	static Stream<Arguments> shapes() {
		byte[] large = new byte[PresentedChain.MAX_BYTES];
		return PathRow.inBothRoles(
				PathRow.accepted("as many certificates as are read",
						(role) -> Presented.issuedBy(ROOT, Certificates.leaf(role)).with(many(9))),
				PathRow.refused("more certificates than are read", Reason.CERTIFICATE_MALFORMED,
						"11 certificates, at most 10",
						(role) -> Presented.issuedBy(ROOT, Certificates.leaf(role)).with(many(10))),
				PathRow.refused("more bytes than are read", Reason.CERTIFICATE_MALFORMED, "at most 262144",
						(role) -> Presented.issuedBy(ROOT, Certificates.leaf(role).extension("1.2.3.4", false, large))),
				PathRow.accepted("nearly as many bytes as are read",
						(role) -> Presented.issuedBy(ROOT,
								Certificates.leaf(role)
									.extension("1.2.3.4", false, Arrays.copyOf(large, large.length - 1024)))),
				PathRow.refused("no certificate at all in the list", Reason.CERTIFICATE_MALFORMED, "",
						(role) -> new Presented(Collections.singletonList(null), List.of(ROOT.anchor()))));
	}

	static Stream<Arguments> malformed() throws Exception {
		byte[] nameWithNul = new GeneralNames(new GeneralName(GeneralName.dNSName, "a\u0000.example.com")).getEncoded();
		byte[] name = new GeneralNames(new GeneralName(GeneralName.dNSName, "a.example.com")).getEncoded();
		return PathRow.inBothRoles(
				PathRow.refused("key usage that cannot be parsed", Reason.CERTIFICATE_MALFORMED, "2.5.29.15",
						(role) -> Presented.issuedBy(ROOT,
								Certificates.leaf(role).extension("2.5.29.15", false, NOT_DER))),
				PathRow.refused("extended key usage that cannot be parsed", Reason.CERTIFICATE_MALFORMED, "2.5.29.37",
						(role) -> Presented.issuedBy(ROOT,
								Certificates.leaf(role).extension("2.5.29.37", false, NOT_DER))),
				PathRow.refused("basic constraints that cannot be parsed", Reason.CERTIFICATE_MALFORMED, "2.5.29.19",
						(role) -> Presented.issuedBy(ROOT,
								Certificates.leaf(role).extension("2.5.29.19", false, NOT_DER))),
				PathRow
					.refused("intermediate's extended key usage that cannot be parsed", Reason.CERTIFICATE_MALFORMED,
							"2.5.29.37",
							(role) -> Presented.issuedBy(intermediate(
									Certificates.authority("Issuing CA").extension("2.5.29.37", false, NOT_DER)),
									Certificates.leaf(role))),
				PathRow.refused("name with a NUL", Reason.IDENTITY_MALFORMED, "",
						(role) -> Presented.issuedBy(ROOT,
								Certificates.leaf(role).extension("2.5.29.17", false, nameWithNul))),
				PathRow.accepted("name without a NUL", (role) -> Presented.issuedBy(ROOT,
						Certificates.leaf(role).extension("2.5.29.17", false, name))));
	}

	private static Reason reason(List<X509Certificate> chain, PeerRole role, CertificateAuthority... trusted) {
		List<X509Certificate> anchors = Stream.of(trusted).map(CertificateAuthority::anchor).toList();
		return ((Verdict.Refused<VerifiedPath>) new PathVerifier(anchors).verify(chain, role, NOW)).denial().reason();
	}

	private static CertificateRequest.Builder plain() {
		return Certificates.authority("Plain").withoutKeyIdentifiers();
	}

	private static Presented crossCertified(PeerRole role) {
		KeyPair key = KeyType.EC_P256.generate();
		CertificateAuthority issuing = intermediate(Certificates.authority("Issuing CA").keyPair(key));
		CertificateAuthority other = Certificates.root("Other");
		X509Certificate cross = other.intermediate(Certificates.authority("Issuing CA").keyPair(key).build())
			.certificate();
		return Presented.issuedBy(issuing, Certificates.leaf(role)).with(cross).trusting(other);
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

}
