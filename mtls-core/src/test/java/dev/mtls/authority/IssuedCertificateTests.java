package dev.mtls.authority;

import java.io.ByteArrayInputStream;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Collection;
import java.util.List;

import org.bouncycastle.util.io.pem.PemObject;
import org.bouncycastle.util.io.pem.PemReader;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * Tests for {@link IssuedCertificate}.
 */
class IssuedCertificateTests {

	private final CertificateAuthority root = CertificateAuthority.create("CN=Root");

	private final IssuedCertificate issued = this.root.intermediate("CN=Intermediate")
		.issue(CertificateRequest.client("alice").build());

	@Test
	void certificatePemHoldsCertificateOnly() throws Exception {
		assertThat(parse(this.issued.certificatePem())).hasSize(1).first().isEqualTo(this.issued.certificate());
	}

	@Test
	void chainPemHoldsChainInOrder() throws Exception {
		assertThat(List.copyOf(parse(this.issued.chainPem()))).isEqualTo(this.issued.chain()).hasSize(2);
	}

	@ParameterizedTest
	@CsvSource({ "EC_P256, EC", "RSA_2048, RSA" })
	void privateKeyPemIsPkcs8(KeyType keyType, String algorithm) throws Exception {
		IssuedCertificate certificate = this.root.issue(CertificateRequest.client("alice").keyType(keyType).build());
		try (PemReader reader = new PemReader(new StringReader(certificate.privateKeyPem()))) {
			PemObject block = reader.readPemObject();
			assertThat(block.getType()).isEqualTo("PRIVATE KEY");
			PrivateKey parsed = KeyFactory.getInstance(algorithm)
				.generatePrivate(new PKCS8EncodedKeySpec(block.getContent()));
			assertThat(parsed).isEqualTo(certificate.privateKey());
			assertThat(reader.readPemObject()).isNull();
		}
	}

	@Test
	void pkcs12HoldsKeyAndChain() throws Exception {
		char[] password = "changeit".toCharArray();
		KeyStore store = KeyStore.getInstance("PKCS12");
		store.load(new ByteArrayInputStream(this.issued.pkcs12(password)), password);
		assertThat(store.size()).isOne();
		assertThat(store.getKey("mtls", password)).isEqualTo(this.issued.privateKey());
		assertThat(store.getCertificateChain("mtls")).containsExactlyElementsOf(this.issued.chain());
	}

	@Test
	void toStringMasksKey() {
		assertThat(this.issued).hasToString("IssuedCertificate[CN=alice, private key masked]");
	}

	@Test
	void createWhenChainIsEmptyFails() {
		assertThatIllegalArgumentException()
			.isThrownBy(() -> new IssuedCertificate(this.issued.privateKey(), List.of()));
	}

	@SuppressWarnings("unchecked")
	private static Collection<X509Certificate> parse(String pem) throws Exception {
		return (Collection<X509Certificate>) CertificateFactory.getInstance("X.509")
			.generateCertificates(new ByteArrayInputStream(pem.getBytes(StandardCharsets.US_ASCII)));
	}

}
