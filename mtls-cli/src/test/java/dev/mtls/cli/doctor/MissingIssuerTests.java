package dev.mtls.cli.doctor;

import java.io.IOException;
import java.math.BigInteger;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.stream.Stream;

import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.AccessDescription;
import org.bouncycastle.asn1.x509.AuthorityInformationAccess;
import org.bouncycastle.asn1.x509.AuthorityKeyIdentifier;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import dev.mtls.authority.CertificateRequest;
import dev.mtls.identity.ReferenceIdentifier;
import dev.mtls.material.KeyMaterial;
import dev.mtls.material.TrustMaterial;
import dev.mtls.test.TestAuthority;
import dev.mtls.test.TestCertificate;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link MissingIssuer}.
 */
class MissingIssuerTests {

	private static final TestAuthority ROOT = root("CN=Root A");

	private static final TestAuthority OTHER = root("CN=Other CA");

	@ParameterizedTest(name = "{0}")
	@MethodSource
	void problemWhenPathHasNoAnchorTellsGapFromUnknown(String description, Plan plan, List<X509Certificate> chain,
			Problem expected) {
		assertThat(new MissingIssuer(plan, chain).problem()).isEqualTo(expected);
	}

	static Stream<Arguments> problemWhenPathHasNoAnchorTellsGapFromUnknown() {
		TestAuthority intermediate = ROOT.intermediate();
		TestAuthority deep = intermediate.intermediate(CertificateRequest.authority("CN=Deep Intermediate CA").build());
		List<X509Certificate> alone = leafOf(OTHER, CertificateRequest.server("localhost"));
		TestCertificate client = intermediate.client("alice");
		return Stream.of(row("leaf alone", given(ROOT), alone, Problem.MISSING_INTERMEDIATE),
				row("leaf alone, and the runtime's anchors", system(ROOT, null), alone, Problem.UNKNOWN_ISSUER),
				row("leaf that says where its issuer can be had, and the runtime's anchors", system(ROOT, null),
						leafOf(OTHER, withAccess(AccessDescription.id_ad_caIssuers)), Problem.MISSING_INTERMEDIATE),
				row("leaf that only names an OCSP responder", system(ROOT, null),
						leafOf(OTHER, withAccess(AccessDescription.id_ad_ocsp)), Problem.UNKNOWN_ISSUER),
				row("leaf and intermediate", given(ROOT), OTHER.intermediate().server().chain(),
						Problem.UNKNOWN_ISSUER),
				row("self-signed", given(ROOT), List.of(OTHER.anchor()), Problem.UNKNOWN_ISSUER),
				row("issuer that says it is a root", given(ROOT),
						leafOf(root("CN=Their Root CA"), CertificateRequest.server("localhost")),
						Problem.UNKNOWN_ISSUER),
				row("anchor that allows no intermediate",
						given(TestAuthority.create(CertificateRequest.authority("CN=Short").pathLength(0).build(),
								InstantSource.system())),
						alone, Problem.UNKNOWN_ISSUER),
				row("issuer that is a root by the key identifier", given(ROOT),
						leafOf(OTHER, withIssuerOfIssuer("CN=Other CA")), Problem.UNKNOWN_ISSUER),
				row("issuer that is below an anchor by the key identifier", system(ROOT, null),
						leafOf(OTHER, withIssuerOfIssuer("CN=Root A")), Problem.MISSING_INTERMEDIATE),
				row("issuer in the own chain",
						system(ROOT, KeyMaterial.of("client", client.privateKey(), client.chain())),
						List.of(intermediate.server().certificate()), Problem.MISSING_INTERMEDIATE),
				row("gap in the middle", system(ROOT, null),
						List.of(deep.server().certificate(), intermediate.certificate()), Problem.MISSING_INTERMEDIATE),
				row("key identifier that cannot be read", system(ROOT, null),
						leafOf(OTHER,
								CertificateRequest.server("localhost")
									.extension(Extension.authorityKeyIdentifier.getId(), false, new byte[] { 5, 0 })),
						Problem.UNKNOWN_ISSUER));
	}

	private static Arguments row(String description, Plan plan, List<X509Certificate> chain, Problem expected) {
		return Arguments.of(description, plan, chain, expected);
	}

	private static Plan given(TestAuthority anchor) {
		return plan(anchor, null, false);
	}

	private static Plan system(TestAuthority anchor, @Nullable KeyMaterial key) {
		return plan(anchor, key, true);
	}

	private static Plan plan(TestAuthority anchor, @Nullable KeyMaterial key, boolean systemTrust) {
		return new Plan(new Target("localhost", 1), "localhost", ReferenceIdentifier.of("localhost"), key,
				TrustMaterial.of("test", List.of(anchor.anchor())), systemTrust, Duration.ofSeconds(1));
	}

	private static TestAuthority root(String name) {
		return TestAuthority.create(CertificateRequest.authority(name).build(), InstantSource.system());
	}

	private static List<X509Certificate> leafOf(TestAuthority authority, CertificateRequest.Builder request) {
		return List.of(authority.issue(request.build()).certificate());
	}

	private static CertificateRequest.Builder withAccess(ASN1ObjectIdentifier method) {
		return CertificateRequest.server("localhost")
			.extension(Extension.authorityInfoAccess.getId(), false, der(new AuthorityInformationAccess(method,
					new GeneralName(GeneralName.uniformResourceIdentifier, "http://ca.example/ca.crt"))));
	}

	private static CertificateRequest.Builder withIssuerOfIssuer(String name) {
		GeneralNames names = new GeneralNames(new GeneralName(new X500Name(name)));
		return CertificateRequest.server("localhost")
			.extension(Extension.authorityKeyIdentifier.getId(), false,
					der(new AuthorityKeyIdentifier(new byte[] { 1 }, names, BigInteger.ONE)));
	}

	private static byte[] der(ASN1Encodable value) {
		try {
			return value.toASN1Primitive().getEncoded();
		}
		catch (IOException ex) {
			throw new IllegalStateException(ex);
		}
	}

}
