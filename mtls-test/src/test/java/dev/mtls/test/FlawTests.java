package dev.mtls.test;

import java.security.GeneralSecurityException;
import java.security.PublicKey;
import java.security.cert.X509Certificate;
import java.security.interfaces.RSAKey;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link Flaw}.
 */
class FlawTests {

	private static final String SERVER_AUTH = "1.3.6.1.5.5.7.3.1";

	private static final String CLIENT_AUTH = "1.3.6.1.5.5.7.3.2";

	private static final Set<String> KNOWN_CRITICAL = Set.of("2.5.29.15", "2.5.29.19");

	private static final int DIGITAL_SIGNATURE = 0;

	private static final int KEY_CERT_SIGN = 5;

	private static final int DNS = 2;

	private final TestAuthority authority = TestAuthority.create();

	@ParameterizedTest
	@EnumSource
	void clientHasThisFlawOnly(Flaw flaw) throws Exception {
		TestCertificate client = this.authority.client(flaw, "alice.example");
		assertThat(flaws(client, CLIENT_AUTH, "alice.example")).containsExactly(flaw);
	}

	@ParameterizedTest
	@EnumSource
	void serverHasThisFlawOnly(Flaw flaw) throws Exception {
		assertThat(flaws(this.authority.server(flaw), SERVER_AUTH, "localhost")).containsExactly(flaw);
	}

	@ParameterizedTest
	@EnumSource
	void clientOfIntermediateHasThisFlawOnly(Flaw flaw) throws Exception {
		TestCertificate client = this.authority.intermediate().client(flaw, "alice.example");
		assertThat(flaws(client, CLIENT_AUTH, "alice.example")).containsExactly(flaw);
	}

	@Test
	void certificateWithoutFlawHasNone() throws Exception {
		assertThat(flaws(this.authority.client("alice.example"), CLIENT_AUTH, "alice.example")).isEmpty();
		assertThat(flaws(this.authority.server(), SERVER_AUTH, "localhost")).isEmpty();
		assertThat(flaws(this.authority.intermediate().server(), SERVER_AUTH, "localhost")).isEmpty();
	}

	private Set<Flaw> flaws(TestCertificate presented, String usage, String name) throws Exception {
		X509Certificate leaf = presented.certificate();
		Set<Flaw> flaws = EnumSet.noneOf(Flaw.class);
		addFlawsOfPath(flaws, presented.chain());
		addIf(flaws, Flaw.EXPIRED, leaf.getNotAfter().toInstant().isBefore(Instant.now()));
		addIf(flaws, Flaw.NOT_YET_VALID, leaf.getNotBefore().toInstant().isAfter(Instant.now()));
		addIf(flaws, Flaw.WEAK_KEY, leaf.getPublicKey() instanceof RSAKey key && key.getModulus().bitLength() < 2048);
		addIf(flaws, Flaw.WEAK_SIGNATURE, leaf.getSigAlgName().startsWith("SHA1"));
		if (leaf.getVersion() == 1) {
			flaws.add(Flaw.VERSION_1);
			return flaws;
		}
		addFlawsOfExtensions(flaws, leaf, usage, name);
		return flaws;
	}

	private void addFlawsOfPath(Set<Flaw> flaws, List<X509Certificate> chain) {
		List<X509Certificate> path = new ArrayList<>(chain);
		path.add(this.authority.anchor());
		for (int i = 0; i < path.size() - 1; i++) {
			X509Certificate certificate = path.get(i);
			X509Certificate issuer = path.get(i + 1);
			if (isSignedBy(certificate, issuer.getPublicKey())) {
				continue;
			}
			String issuerName = certificate.getIssuerX500Principal().getName();
			addIf(flaws, Flaw.SELF_SIGNED, isSignedBy(certificate, certificate.getPublicKey()));
			addIf(flaws, Flaw.OTHER_AUTHORITY, issuerName.equals("CN=Other CA"));
			addIf(flaws, Flaw.IMPOSTOR_AUTHORITY,
					certificate.getIssuerX500Principal().equals(issuer.getSubjectX500Principal()));
			addIf(flaws, Flaw.MISSING_INTERMEDIATE, issuerName.equals("CN=Missing Intermediate CA"));
		}
	}

	private static void addFlawsOfExtensions(Set<Flaw> flaws, X509Certificate leaf, String usage, String name)
			throws GeneralSecurityException {
		Collection<List<?>> names = leaf.getSubjectAlternativeNames();
		addIf(flaws, Flaw.WRONG_NAME, !names.contains(List.of(DNS, name)));
		List<String> usages = leaf.getExtendedKeyUsage();
		addIf(flaws, Flaw.WITHOUT_EXTENDED_KEY_USAGE, usages == null);
		addIf(flaws, Flaw.WRONG_EXTENDED_KEY_USAGE, usages != null && !usages.equals(List.of(usage)));
		boolean[] keyUsage = leaf.getKeyUsage();
		addIf(flaws, Flaw.WITHOUT_KEY_USAGE, keyUsage == null);
		addIf(flaws, Flaw.WRONG_KEY_USAGE, keyUsage != null && !keyUsage[DIGITAL_SIGNATURE]);
		addIf(flaws, Flaw.KEY_CERT_SIGN, keyUsage != null && keyUsage[KEY_CERT_SIGN]);
		addIf(flaws, Flaw.CA_AS_LEAF, leaf.getBasicConstraints() >= 0);
		addIf(flaws, Flaw.UNKNOWN_CRITICAL_EXTENSION, !KNOWN_CRITICAL.containsAll(leaf.getCriticalExtensionOIDs()));
	}

	private static void addIf(Set<Flaw> flaws, Flaw flaw, boolean condition) {
		if (condition) {
			flaws.add(flaw);
		}
	}

	private static boolean isSignedBy(X509Certificate certificate, PublicKey issuerKey) {
		try {
			certificate.verify(issuerKey);
			return true;
		}
		catch (GeneralSecurityException ex) {
			return false;
		}
	}

}
