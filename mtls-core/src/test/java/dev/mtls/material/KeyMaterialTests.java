package dev.mtls.material;

import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyStore;
import java.security.KeyStoreException;
import java.security.PrivateKey;
import java.security.Provider;
import java.security.Security;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import dev.mtls.decision.MtlsException;
import dev.mtls.decision.Reason;
import dev.mtls.material.TestCertificates.Issued;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatNoException;

/**
 * Tests for {@link KeyMaterial}.
 */
class KeyMaterialTests {

	private static final String ISSUED_WITH = "Give the certificate and the CA certificates that were issued with it";

	private final Issued root = TestCertificates.root("root");

	private final Issued first = this.root.authority("first");

	private final Issued second = this.first.authority("second");

	private final Issued leaf = this.second.leaf("leaf");

	@Test
	void ofWhenAnyOrderThenOrdersChain() {
		List<X509Certificate> expected = List.of(this.leaf.certificate(), this.second.certificate(),
				this.first.certificate(), this.root.certificate());
		for (List<X509Certificate> permutation : permutations(expected)) {
			KeyMaterial material = KeyMaterial.of("p", this.leaf.privateKey(), permutation);
			assertThat(material.chain()).isEqualTo(expected);
			assertThat(material.leaf()).isEqualTo(this.leaf.certificate());
			assertThat(material.privateKey()).isSameAs(this.leaf.privateKey());
			assertThat(material.place()).isEqualTo("p");
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "RSA", "EC", "Ed25519", "Ed448", "RSASSA-PSS" })
	void ofWhenAnyAlgorithmThenFindsLeaf(String algorithm) {
		Issued server = this.root.leaf("server", algorithm);
		Issued other = this.root.leaf("other", algorithm);
		KeyMaterial material = KeyMaterial.of("p", server.privateKey(),
				List.of(this.root.certificate(), server.certificate()));
		assertThat(material.chain()).containsExactly(server.certificate(), this.root.certificate());
		assertFailure(() -> KeyMaterial.of("p", other.privateKey(), List.of(server.certificate())), Reason.KEY_MISMATCH,
				"No certificate here belongs to the private key of the key",
				"Configure a certificate and a private key that were made together");
	}

	@Test
	void ofWhenKeyIsInHardwareThenFindsLeafAndHandsOutTheKeyAsItIs() throws GeneralSecurityException {
		Provider device = new OpaqueKey.Device();
		Security.addProvider(device);
		try {
			KeyMaterial material = KeyMaterial.of("p", new OpaqueKey(this.leaf.privateKey()),
					List.of(this.second.certificate(), this.leaf.certificate()));
			assertThat(material.leaf()).isEqualTo(this.leaf.certificate());
			assertThat(material.isExtractable()).isFalse();
			KeyStore keyStore = material.toKeyStore("ignored".toCharArray());
			assertThat(Collections.list(keyStore.aliases())).containsExactly("mtls");
			assertThat(keyStore.size()).isOne();
			assertThat(keyStore.entryInstanceOf("mtls", KeyStore.PrivateKeyEntry.class)).isTrue();
			assertThat(keyStore.getKey("mtls", null)).isSameAs(material.privateKey());
			assertThat(keyStore.getCertificateChain("mtls")).containsExactly(this.leaf.certificate(),
					this.second.certificate());
			assertThat(keyStore.getCertificateAlias(this.leaf.certificate())).isEqualTo("mtls");
			assertThat(keyStore.containsAlias("other")).isFalse();
			assertThat(keyStore.getKey("other", null)).isNull();
			assertThat(keyStore.getCertificateChain("other")).isNull();
			assertThatExceptionOfType(KeyStoreException.class).isThrownBy(() -> keyStore.deleteEntry("mtls"));
		}
		finally {
			Security.removeProvider(device.getName());
		}
	}

	@Test
	void ofWhenSelfSignedThenChainOfOne() {
		assertThat(
				KeyMaterial.of("p", this.root.privateKey(), List.of(this.first.certificate(), this.root.certificate()))
					.chain())
			.containsExactly(this.root.certificate());
	}

	@Test
	void ofWhenCertificateTwiceThenOnce() {
		assertThat(chainOf(this.leaf, this.leaf, this.second, this.second)).containsExactly(this.leaf.certificate(),
				this.second.certificate());
	}

	@Test
	void ofWhenRootIsLeftOutThenChainEndsBeforeIt() {
		assertThat(chainOf(this.first, this.leaf, this.second)).containsExactly(this.leaf.certificate(),
				this.second.certificate(), this.first.certificate());
	}

	@Test
	void ofWhenUnneededCertificatesThenLeftOut() {
		Issued other = TestCertificates.root("other");
		assertThat(chainOf(other, this.second, other.leaf("leaf"), this.leaf)).containsExactly(this.leaf.certificate(),
				this.second.certificate());
	}

	@Test
	void ofWhenKeyHasSeveralCertificatesThenFirstThatIsNoAuthority() {
		KeyPair keyPair = TestCertificates.keyPair("EC");
		Issued authority = this.root.issue("a", keyPair, true, TestCertificates.NOT_AFTER);
		Issued one = this.root.issue("b", keyPair, false, TestCertificates.NOT_AFTER);
		Issued two = this.root.issue("c", keyPair, false, TestCertificates.NOT_AFTER);
		assertThat(KeyMaterial
			.of("p", keyPair.getPrivate(), List.of(authority.certificate(), one.certificate(), two.certificate()))
			.chain()).containsExactly(one.certificate());
	}

	@Test
	void ofWhenIssuerWasRenewedWithOtherKeyThenTakesTheOneThatSigned() {
		Issued namesake = this.first.authority("second");
		assertThat(chainOf(namesake, this.second, this.leaf, this.first)).containsExactly(this.leaf.certificate(),
				this.second.certificate(), this.first.certificate());
	}

	@Test
	void ofWhenOnlyNamesakeOfIssuerThenFails() {
		Issued namesake = this.first.authority("second");
		assertFailure(() -> chainOf(this.leaf, namesake), Reason.CHAIN_INVALID,
				"The certificate of CN=leaf is not signed with the key of the CN=second that is given", ISSUED_WITH);
	}

	@Test
	void ofWhenIssuerOfLeafMissingThenFails() {
		assertFailure(() -> chainOf(this.leaf, this.first, this.root), Reason.CHAIN_INVALID,
				"None of the other certificates is that of CN=second, which issued the certificate of CN=leaf",
				ISSUED_WITH);
	}

	@Test
	void ofWhenNoCertificateThenFails() {
		assertFailure(() -> KeyMaterial.of("p", this.leaf.privateKey(), List.of()), Reason.MATERIAL_INVALID,
				"It holds no certificate",
				"Add the certificate of the private key and the CA certificates between it and the root");
	}

	@Test
	void ofWhenKindOfKeyUnusableThenFails() {
		PrivateKey privateKey = TestCertificates.keyPair("X25519").getPrivate();
		assertFailure(() -> KeyMaterial.of("p", privateKey, List.of(this.leaf.certificate())), Reason.MATERIAL_INVALID,
				"A private key of the kind XDH cannot be used", "Use an EC, RSA or Ed25519 key");
	}

	@Test
	void checkValidityWhenWithinDatesThenPasses() {
		KeyMaterial material = KeyMaterial.of("p", this.leaf.privateKey(), List.of(this.leaf.certificate()));
		assertThatNoException().isThrownBy(() -> {
			material.checkValidity(TestCertificates.NOT_BEFORE);
			material.checkValidity(TestCertificates.NOW);
			material.checkValidity(TestCertificates.NOT_AFTER);
		});
	}

	@Test
	void checkValidityWhenOutsideOfDatesThenFails() {
		KeyMaterial material = KeyMaterial.of("p", this.leaf.privateKey(), List.of(this.leaf.certificate()));
		assertFailure(() -> material.checkValidity(Instant.parse("2027-01-01T00:00:01Z")), Reason.MATERIAL_EXPIRED,
				"The certificate of CN=leaf expired at 2027-01-01T00:00:00Z; it is now 2027-01-01T00:00:01Z",
				"Renew the certificate");
		assertFailure(() -> material.checkValidity(Instant.parse("2025-12-31T23:59:59Z")), Reason.MATERIAL_EXPIRED,
				"The certificate of CN=leaf is not valid before 2026-01-01T00:00:00Z; it is now 2025-12-31T23:59:59Z",
				"Check the clock of this machine, or wait");
	}

	@Test
	void checkValidityWhenIntermediateExpiredThenFailsButRootDoesNotCount() {
		Instant early = Instant.parse("2026-03-01T00:00:00Z");
		KeyPair keyPair = TestCertificates.keyPair("EC");
		Issued oldRoot = new Issued(keyPair.getPrivate(),
				TestCertificates.certificate("old", keyPair, "old", keyPair.getPrivate(), true, early));
		Issued below = oldRoot.leaf("below");
		KeyMaterial.of("p", below.privateKey(), List.of(below.certificate(), oldRoot.certificate()))
			.checkValidity(TestCertificates.NOW);
		Issued oldIntermediate = this.root.issue("intermediate", TestCertificates.keyPair("EC"), true, early);
		Issued server = oldIntermediate.leaf("server");
		KeyMaterial material = KeyMaterial.of("p", server.privateKey(),
				List.of(server.certificate(), oldIntermediate.certificate()));
		assertFailure(() -> material.checkValidity(TestCertificates.NOW), Reason.MATERIAL_EXPIRED,
				"The certificate of CN=intermediate expired at %s; it is now %s".formatted(early, TestCertificates.NOW),
				"Renew the certificate");
	}

	@Test
	void chainCannotBeChanged() {
		List<X509Certificate> certificates = new ArrayList<>(List.of(this.leaf.certificate()));
		KeyMaterial material = KeyMaterial.of("p", this.leaf.privateKey(), certificates);
		certificates.clear();
		assertThat(material.chain()).hasSize(1).isUnmodifiable();
	}

	@Test
	void toStringHidesKey() {
		assertThat(KeyMaterial.of("p", this.leaf.privateKey(), List.of(this.leaf.certificate())))
			.hasToString("KeyMaterial[p, CN=leaf, EC key (hidden), 1 certificates]");
	}

	@Test
	void toKeyStoreHoldsKeyAndChain() throws GeneralSecurityException {
		char[] password = "changeit".toCharArray();
		KeyMaterial material = KeyMaterial.of("p", this.leaf.privateKey(),
				List.of(this.second.certificate(), this.leaf.certificate()));
		assertThat(material.isExtractable()).isTrue();
		KeyStore keyStore = material.toKeyStore(password);
		assertThat(Collections.list(keyStore.aliases())).containsExactly("mtls");
		assertThat(keyStore.getKey("mtls", password)).isEqualTo(this.leaf.privateKey());
		assertThat(keyStore.getCertificateChain("mtls")).containsExactly(this.leaf.certificate(),
				this.second.certificate());
	}

	private List<X509Certificate> chainOf(Issued... issued) {
		List<X509Certificate> certificates = new ArrayList<>();
		for (Issued each : issued) {
			certificates.add(each.certificate());
		}
		return KeyMaterial.of("p", this.leaf.privateKey(), certificates).chain();
	}

	private static <T> List<List<T>> permutations(List<T> elements) {
		if (elements.isEmpty()) {
			return List.of(List.of());
		}
		List<List<T>> permutations = new ArrayList<>();
		for (T head : elements) {
			List<T> rest = new ArrayList<>(elements);
			rest.remove(head);
			for (List<T> tail : permutations(rest)) {
				List<T> permutation = new ArrayList<>(List.of(head));
				permutation.addAll(tail);
				permutations.add(permutation);
			}
		}
		return permutations;
	}

	private static void assertFailure(ThrowingCallable callable, Reason reason, String problem, String fix) {
		assertThatExceptionOfType(MtlsException.class).isThrownBy(callable)
			.satisfies((ex) -> assertThat(List.of(ex.reason(), ex.place(), ex.problem(), ex.fix()))
				.containsExactly(reason, "p", problem, fix));
	}

}
