package dev.mtls.revocation;

import java.net.URI;
import java.security.cert.X509Certificate;

import org.bouncycastle.asn1.x509.AccessDescription;
import org.bouncycastle.asn1.x509.AuthorityInformationAccess;
import org.bouncycastle.asn1.x509.GeneralName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import dev.mtls.authority.CertificateAuthority;
import dev.mtls.authority.CertificateRequest;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link OcspResponders}.
 */
class OcspRespondersTests {

	private static final String ACCESS = "1.3.6.1.5.5.7.1.1";

	@Test
	void ofYieldsRespondersInOrder() {
		assertThat(OcspResponders.of(naming("http://b.example/ocsp", "HTTPS://a.example:8443/?x=y")))
			.containsExactly(URI.create("http://b.example/ocsp"), URI.create("HTTPS://a.example:8443/?x=y"));
	}

	@Test
	void ofWhenCertificateNamesNoneIsEmpty() {
		assertThat(OcspResponders.of(issue(CertificateRequest.client("alice")))).isEmpty();
	}

	@Test
	void ofYieldsFourAtMost() {
		assertThat(OcspResponders.of(naming("http://a/", "http://b/", "http://c/", "http://d/", "http://e/")))
			.extracting(URI::getHost)
			.containsExactly("a", "b", "c", "d");
	}

	@Test
	void ofLeavesOutWhatIsTooLong() {
		String longest = "http://a/" + "a".repeat(2048 - 9);
		assertThat(OcspResponders.of(naming(longest + "a", longest))).containsExactly(URI.create(longest));
	}

	@ParameterizedTest
	@ValueSource(strings = { "ldap://a.example/cn=x", "file:///etc/passwd", "http://user:secret@a.example/",
			"http:///ocsp", "http:ocsp", "//a.example/", "http://a b/", "" })
	void ofLeavesOutWhatCannotBeAsked(String uri) {
		assertThat(OcspResponders.of(naming(uri, "http://b.example/")))
			.containsExactly(URI.create("http://b.example/"));
	}

	@Test
	void ofLeavesOutOtherMethodsAndNames() throws Exception {
		GeneralName uri = new GeneralName(GeneralName.uniformResourceIdentifier, "http://a.example/ca.crt");
		GeneralName directory = new GeneralName(GeneralName.directoryName, "CN=a");
		AuthorityInformationAccess access = new AuthorityInformationAccess(
				new AccessDescription[] { new AccessDescription(AccessDescription.id_ad_caIssuers, uri),
						new AccessDescription(AccessDescription.id_ad_ocsp, directory) });
		assertThat(OcspResponders
			.of(issue(CertificateRequest.client("alice").extension(ACCESS, false, access.getEncoded())))).isEmpty();
	}

	@Test
	void ofWhenMalformedIsEmpty() {
		byte[] nested = new byte[4000];
		for (int i = 0; i < nested.length; i += 2) {
			nested[i] = 0x30;
			nested[i + 1] = (byte) 0x80;
		}
		for (byte[] value : new byte[][] { {}, { 5, 0 }, { 0x30, 0 }, { 0x30, 2, 5, 0 }, { 0x30, 5, 0x30, 0 },
				{ 0x30, 4, 0x30, 2, 5, 0 }, nested }) {
			assertThat(OcspResponders.of(issue(CertificateRequest.client("alice").extension(ACCESS, false, value))))
				.isEmpty();
		}
	}

	private static X509Certificate naming(String... uris) {
		return issue(CertificateRequest.client("alice").ocspResponder(uris));
	}

	private static X509Certificate issue(CertificateRequest.Builder request) {
		return CertificateAuthority.create("CN=Issuer").issue(request.build()).certificate();
	}

}
