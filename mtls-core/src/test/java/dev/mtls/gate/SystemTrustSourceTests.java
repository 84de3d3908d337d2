package dev.mtls.gate;

import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import java.util.List;

import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import dev.mtls.authority.CertificateAuthority;
import dev.mtls.decision.MtlsException;
import dev.mtls.decision.Reason;
import dev.mtls.material.TrustMaterial;
import dev.mtls.tls.TlsProfile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for {@link SystemTrustSource}.
 */
class SystemTrustSourceTests {

	private static final String STORE = "javax.net.ssl.trustStore";

	private static final String PASSWORD = "javax.net.ssl.trustStorePassword";

	@TempDir
	private Path folder;

	private Site site;

	@BeforeEach
	void createSite() {
		this.site = new Site(this.folder);
	}

	@AfterEach
	void forgetStore() {
		System.clearProperty(STORE);
		System.clearProperty(PASSWORD);
	}

	@Test
	void anchorsAreThoseOfThePlatform() throws Exception {
		TrustMaterial trust = read("system");
		assertThat(trust.anchors()).hasSizeGreaterThan(50).containsExactlyInAnyOrderElementsOf(platformAnchors());
		assertThat(trust.configuredAnchors()).isEmpty();
	}

	@Test
	void anchorsStandBesideOthers() throws Exception {
		TrustMaterial trust = read("system", "file:" + this.site.trust());
		assertThat(trust.anchors()).hasSize(platformAnchors().size() + 1);
		assertThat(trust.configuredAnchors()).hasSize(1);
		assertThat(platformAnchors()).doesNotContainAnyElementsOf(trust.configuredAnchors());
	}

	@Test
	void anchorsAreThoseOfTheSystemPropertyAndFollowItsFile() throws Exception {
		X509Certificate first = root();
		writeStore(first);
		Gate gate = this.site.open(GateSettings.client("client", true, TlsProfile.defaults()),
				locations("system").build());
		assertThat(gate.snapshot().trust().anchors()).containsExactly(first);
		assertThat(gate.reload()).isFalse();
		X509Certificate second = root();
		writeStore(first, second);
		assertThat(gate.reload()).isTrue();
		assertThat(gate.snapshot().trust().anchors()).containsExactlyInAnyOrder(first, second);
	}

	@Test
	void storeThatCannotBeReadIsToldOf() throws Exception {
		writeStore(root());
		System.setProperty(PASSWORD, "wrong");
		assertThatExceptionOfType(MtlsException.class).isThrownBy(() -> read("system")).satisfies((ex) -> {
			assertThat(ex.reason()).isEqualTo(Reason.SOURCE_UNREADABLE);
			assertThat(ex.place()).isEqualTo("mtls.server.trust-certificates=system");
			assertThat(ex.fix()).contains("javax.net.ssl.trustStore");
		});
	}

	@Test
	void storeWithoutAnchorsIsToldOf() throws Exception {
		writeStore();
		assertThatExceptionOfType(MtlsException.class).isThrownBy(() -> read("system"))
			.satisfies((ex) -> assertThat(ex.reason()).isEqualTo(Reason.TRUST_MISSING));
	}

	private TrustMaterial read(String... trust) {
		try (SnapshotSource.Reading reading = locations(trust).build().read()) {
			return reading.parse().trust();
		}
	}

	private SnapshotLocationsBuilder locations(String... trust) {
		return this.site.locations().systemTrust(true).trustCertificates(List.of(trust));
	}

	private void writeStore(X509Certificate... anchors) throws Exception {
		KeyStore store = KeyStore.getInstance("PKCS12");
		store.load(null, null);
		for (X509Certificate anchor : anchors) {
			store.setCertificateEntry(anchor.getSerialNumber().toString(), anchor);
		}
		Path file = this.folder.resolve("platform.p12");
		try (OutputStream out = Files.newOutputStream(file)) {
			store.store(out, "changeit".toCharArray());
		}
		System.setProperty(STORE, file.toString());
		System.setProperty(PASSWORD, "changeit");
	}

	private static X509Certificate root() {
		return CertificateAuthority.create("CN=Platform").certificate();
	}

	private static List<X509Certificate> platformAnchors() throws Exception {
		TrustManagerFactory factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
		factory.init((KeyStore) null);
		return Arrays.asList(((X509TrustManager) factory.getTrustManagers()[0]).getAcceptedIssuers());
	}

}
