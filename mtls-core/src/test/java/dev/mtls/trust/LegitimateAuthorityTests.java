package dev.mtls.trust;

import java.security.KeyPair;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.Stream;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import dev.mtls.authority.CertificateAuthority;
import dev.mtls.authority.CertificateRequest;
import dev.mtls.authority.KeyType;

/**
 * What private authorities do in practice, and {@link PathVerifier} accepts.
 */
class LegitimateAuthorityTests {

	@ParameterizedTest(name = "{0}, {1}")
	@MethodSource({ "keys", "habits" })
	void verifyIsAccepted(PathRow row, PeerRole role) {
		row.assertVerdict(role);
	}

	static Stream<Arguments> keys() {
		return Stream
			.of(row("P-384", Certificates.ecKey("secp384r1"), "SHA384withECDSA"),
					row("P-521", Certificates.ecKey("secp521r1"), "SHA512withECDSA"),
					row("Ed25519", KeyType.ED25519.generate(), "Ed25519"),
					row("Ed448", Certificates.key("Ed448", 448), "Ed448"),
					row("RSA 4096", Certificates.key("RSA", 4096), "SHA512withRSA"))
			.flatMap(PathRow::inBothRoles);
	}

	static Stream<Arguments> habits() {
		CertificateAuthority bare = Certificates.root(Certificates.authority("Bare").withoutKeyUsage());
		CertificateAuthority sha1 = Certificates
			.root(Certificates.authority("Old").keyType(KeyType.RSA_2048).signatureAlgorithm("SHA1withRSA"));
		CertificateAuthority md5 = Certificates
			.root(Certificates.authority("Older").keyType(KeyType.RSA_2048).signatureAlgorithm("MD5withRSA"));
		CertificateAuthority version1 = Certificates.root(Certificates.authority("Oldest").version1());
		KeyPair key = KeyType.EC_P256.generate();
		CertificateAuthority renewed = Certificates.root(Certificates.authority("Renewed").keyPair(key));
		CertificateAuthority before = Certificates.root(Certificates.authority("Renewed").keyPair(key));
		CertificateAuthority rolledOver = Certificates.root("Renewed");
		CertificateAuthority deep = bare.intermediate(Certificates.authority("Policy").build())
			.intermediate(Certificates.authority("Issuing").build());
		return PathRow.inBothRoles(
				PathRow.accepted("no key usage on the root and no extended key usage on the leaf",
						(role) -> Presented.issuedBy(bare, Certificates.leaf(role).withoutExtendedKeyUsage())),
				PathRow.accepted("leaf with no extension at all but its key identifiers", (role) -> Presented.issuedBy(
						bare,
						Certificates.leaf(role).withoutBasicConstraints().withoutKeyUsage().withoutExtendedKeyUsage())),
				PathRow.accepted("leaf of version 1 below a root of version 1",
						(role) -> Presented.issuedBy(version1, Certificates.leaf(role).version1())),
				PathRow.accepted("root signed with SHA-1", (role) -> Presented.issuedBy(sha1, Certificates.leaf(role))),
				PathRow.accepted("root signed with MD5", (role) -> Presented.issuedBy(md5, Certificates.leaf(role))),
				PathRow.accepted("anchors of one name and one key",
						(role) -> Presented.issuedBy(renewed, Certificates.leaf(role)).trusting(before, renewed)),
				PathRow.accepted("anchors of one name and two keys",
						(role) -> Presented.issuedBy(renewed, Certificates.leaf(role)).trusting(rolledOver, renewed)),
				PathRow.accepted("chain in reverse order below the leaf, with its root", (role) -> {
					Presented presented = Presented.issuedBy(deep, Certificates.leaf(role)).with(bare.anchor());
					List<X509Certificate> chain = new ArrayList<>(presented.chain());
					Collections.reverse(chain.subList(1, chain.size()));
					return new Presented(chain, presented.anchors());
				}), PathRow.accepted("empty subject", (role) -> Presented.issuedBy(bare,
						Certificates.leaf(role).subject("").uri("spiffe://example.org/a"))));
	}

	// The key is the root's, the intermediate's and the leaf's, and so is the algorithm
	private static PathRow row(String description, KeyPair key, String algorithm) {
		CertificateAuthority root = Certificates.root(signed(Certificates.authority("Root"), key, algorithm));
		CertificateAuthority issuing = root
			.intermediate(signed(Certificates.authority("Issuing"), key, algorithm).build());
		return PathRow.accepted(description,
				(role) -> Presented.issuedBy(issuing, signed(Certificates.leaf(role), key, algorithm)));
	}

	private static CertificateRequest.Builder signed(CertificateRequest.Builder request, KeyPair key,
			String algorithm) {
		return request.keyPair(key).signatureAlgorithm(algorithm);
	}

}
