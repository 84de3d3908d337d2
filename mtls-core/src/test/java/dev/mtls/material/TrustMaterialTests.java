package dev.mtls.material;

import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;

import org.junit.jupiter.api.Test;

import dev.mtls.decision.MtlsException;
import dev.mtls.decision.Reason;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for {@link TrustMaterial}.
 */
class TrustMaterialTests {

	private final X509Certificate one = TestCertificates.root("one").certificate();

	private final X509Certificate two = TestCertificates.root("two").certificate();

	@Test
	void ofWhenDuplicatesThenDropsThem() {
		TrustMaterial trust = TrustMaterial.of("p", List.of(this.two, this.one, this.two));
		assertThat(trust.anchors()).containsExactly(this.two, this.one);
		assertThat(trust.place()).isEqualTo("p");
		assertThat(trust).hasToString("TrustMaterial[p, 2 anchors]");
	}

	@Test
	void ofWhenEmptyThenFails() {
		assertThatExceptionOfType(MtlsException.class).isThrownBy(() -> TrustMaterial.of("p", List.of()))
			.satisfies((ex) -> assertThat(List.of(ex.reason(), ex.place(), ex.problem(), ex.fix())).containsExactly(
					Reason.TRUST_MISSING, "p", "It holds no certificate to trust",
					"Give the certificate of the CA that issues the certificates of the peers"));
	}

	@Test
	void ofWhenTrustDomainsAddsTheirAnchors() {
		TrustMaterial trust = TrustMaterial.of("p", List.of(this.one),
				Map.of("a", List.of(this.one, this.two), "b", List.of(this.two)));
		assertThat(trust.anchors()).containsExactly(this.one, this.two);
		assertThat(trust.trustDomains()).isEqualTo(Map.of("a", Set.of(this.one, this.two), "b", Set.of(this.two)));
		assertThat(trust.trustDomainsOf(this.one)).containsExactly("a");
		assertThat(trust.trustDomainsOf(this.two)).containsExactlyInAnyOrder("a", "b");
		assertThat(TrustMaterial.of("p", List.of(this.one)).trustDomains()).isEmpty();
		assertThat(TrustMaterial.of("p", List.of(), Map.of("a", List.of(this.two))).anchors())
			.containsExactly(this.two);
	}

	@Test
	void ofWhenTrustDomainIsEmptyThenFails() {
		assertThatExceptionOfType(MtlsException.class)
			.isThrownBy(() -> TrustMaterial.of("p", List.of(this.one), Map.of("a", List.of())))
			.satisfies((ex) -> {
				assertThat(ex.reason()).isEqualTo(Reason.TRUST_MISSING);
				assertThat(ex.place()).isEqualTo("p, trust domain a");
			});
	}

	@Test
	void anchorsCannotBeChanged() {
		List<X509Certificate> anchors = new ArrayList<>(List.of(this.one));
		TrustMaterial trust = TrustMaterial.of("p", anchors);
		anchors.add(this.two);
		assertThat(trust.anchors()).containsExactly(this.one).isUnmodifiable();
	}

	@Test
	void toKeyStoreHoldsAnchors() throws GeneralSecurityException {
		KeyStore keyStore = TrustMaterial.of("p", List.of(this.one, this.two)).toKeyStore();
		assertThat(Collections.list(keyStore.aliases())).containsExactlyInAnyOrder("anchor-1", "anchor-2");
		assertThat(keyStore.isCertificateEntry("anchor-1")).isTrue();
		assertThat(keyStore.getCertificate("anchor-1")).isEqualTo(this.one);
		assertThat(keyStore.getCertificate("anchor-2")).isEqualTo(this.two);
	}

}
