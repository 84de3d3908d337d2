package dev.mtls.gate;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import java.util.stream.Stream;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

import dev.mtls.authority.CertificateFiles;
import dev.mtls.authority.IssuedCertificate;
import dev.mtls.authority.PemText;
import dev.mtls.decision.MtlsException;
import dev.mtls.decision.Reason;
import dev.mtls.material.KeyMaterial;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for {@link SnapshotLocations} and {@link SnapshotLocationsBuilder}.
 */
class SnapshotLocationsTests {

	private static final String PASSWORD = "correct horse";

	private static final String PREFIX = "mtls.server";

	@TempDir
	private Path folder;

	private Site site;

	@BeforeEach
	void createSite() {
		this.site = new Site(this.folder);
	}

	@ParameterizedTest(name = "{0}")
	@MethodSource({ "keys", "stores", "trust", "rules" })
	void errorNamesPlaceProblemAndFix(Row row) {
		assertThatExceptionOfType(MtlsException.class).isThrownBy(() -> read(row.locations().apply(this.site)))
			.satisfies((ex) -> {
				assertThat(ex.reason()).isEqualTo(row.reason());
				assertThat(ex.place()).startsWith(row.place().replace("{folder}", this.folder.toString()));
				assertThat(ex.problem()).contains(row.problem());
				assertThat(ex.fix()).isNotEmpty().contains(row.fix());
				assertThat(ex.getMessage()).doesNotContain(PASSWORD);
			});
	}

	static Stream<Row> keys() {
		return Stream.of(
				new Row("certificate alone", (site) -> site.locations().pem("file:" + site.certificate(), null, null),
						Reason.CONFIGURATION_INVALID, "mtls.server.private-key",
						"it is not set, but mtls.server.certificate is", "set both, or neither"),
				new Row("private key alone", (site) -> site.locations().pem(null, "file:" + site.privateKey(), null),
						Reason.CONFIGURATION_INVALID, "mtls.server.certificate",
						"it is not set, but mtls.server.private-key is", "set both, or neither"),
				new Row("PEM and key store",
						(site) -> site.locations().keyStore("file:server.p12", "PKCS12", PASSWORD, null, null),
						Reason.CONFIGURATION_CONFLICT, "mtls.server.key-store.location",
						"mtls.server.certificate is set as well", "remove one of them"),
				new Row("no such certificate",
						(site) -> site.locations().pem("file:/no/such.crt", "file:" + site.privateKey(), null),
						Reason.SOURCE_UNREADABLE, "mtls.server.certificate=file:/no/such.crt", "There is no such file",
						"Create the file"),
				new Row("no such private key",
						(site) -> site.locations().pem("file:" + site.certificate(), "file:/no/such.key", null),
						Reason.SOURCE_UNREADABLE, "mtls.server.private-key=file:/no/such.key", "There is no such file",
						"Create the file"),
				new Row("blank certificate", (site) -> site.locations().pem(" ", "file:" + site.privateKey(), null),
						Reason.CONFIGURATION_INVALID, "mtls.server.certificate", "empty", "Use file:"),
				new Row("location on the network",
						(site) -> site.locations().pem("https://user:correct horse@example.com", "file:k", null),
						Reason.CONFIGURATION_INVALID, "mtls.server.certificate=https:…", "on the network",
						"Write the content to a file"),
				new Row("key of another certificate", (site) -> {
					Site.write(site.privateKey(), other().privateKeyPem());
					return site.locations();
				}, Reason.KEY_MISMATCH, "mtls.server.certificate=file:{folder}/tls.crt",
						"No certificate here belongs to the private key of mtls.server.private-key=file:",
						"made together"),
				new Row("empty private key", (site) -> {
					Site.write(site.privateKey(), "");
					return site.locations();
				}, Reason.MATERIAL_INVALID, "mtls.server.private-key=file:{folder}/tls.key", "It is empty", ""),
				new Row("half a certificate", (site) -> {
					String pem = other().chainPem();
					Site.write(site.certificate(), pem.substring(0, pem.length() / 2));
					return site.locations();
				}, Reason.MATERIAL_INVALID, "mtls.server.certificate=file:{folder}/tls.crt", "PEM block 1 is damaged",
						""),
				new Row("key that others can read", (site) -> {
					setPermissions(site.privateKey(), "rw-r-----");
					return site.locations().strictPermissions(true);
				}, Reason.PERMISSIONS_TOO_OPEN, "mtls.server.private-key=file:{folder}/tls.key",
						"others than its owner can read this private key",
						"let its owner alone read it, with chmod 600"));
	}

	static Stream<Row> stores() {
		return Stream.of(
				new Row("wrong password of the store", (site) -> store(site, other(), "battery staple"),
						Reason.PASSWORD_WRONG, "mtls.server.key-store.location=file:{folder}/server.p12", "password",
						"Correct the password"),
				new Row("unknown type of store",
						(site) -> withoutKey(site).keyStore("file:" + site.certificate(), "PKCS13", null, null, null),
						Reason.CONFIGURATION_INVALID, "mtls.server.key-store.location=file:{folder}/tls.crt",
						"no key store of the type 'PKCS13'", "Use PKCS12 or JKS"),
				new Row("no such alias",
						(site) -> storeOf(site, other()).keyStore("file:" + site.folder().resolve("server.p12"),
								"PKCS12", PASSWORD, null, "nobody"),
						Reason.MATERIAL_INVALID, "mtls.server.key-store.location=file:{folder}/server.p12",
						"no private key named 'nobody', but mtls", "Correct the alias"),
				new Row("PEM instead of a store",
						(site) -> withoutKey(site).keyStore("file:" + site.certificate(), "PKCS12", PASSWORD, null,
								null),
						Reason.MATERIAL_INVALID, "mtls.server.key-store.location=file:{folder}/tls.crt",
						"It is no PKCS12 key store", "Check the location and the type"),
				new Row("store that others can read", (site) -> {
					SnapshotLocationsBuilder locations = store(site, other(), PASSWORD);
					setPermissions(site.folder().resolve("server.p12"), "rw----r--");
					return locations.strictPermissions(true);
				}, Reason.PERMISSIONS_TOO_OPEN, "mtls.server.key-store.location=file:{folder}/server.p12",
						"others than its owner can read this private key",
						"let its owner alone read it, with chmod 600"),
				new Row("trust store with keys only", (site) -> {
					storeOf(site, other());
					return withoutTrust(site).trustStore("file:" + site.folder().resolve("server.p12"), "PKCS12",
							PASSWORD);
				}, Reason.TRUST_MISSING, "mtls.server.trust-store.location=file:{folder}/server.p12",
						"It holds key entries only", "keytool -importcert"));
	}

	static Stream<Row> trust() {
		return Stream.of(
				new Row("no trust", SnapshotLocationsTests::withoutTrust, Reason.TRUST_MISSING,
						"mtls.server.trust-certificates", "no trust anchor is configured",
						"set it to the certificate of the CA"),
				new Row("empty list of trust", (site) -> withoutTrust(site).trustCertificates(List.of()),
						Reason.TRUST_MISSING, "mtls.server.trust-certificates", "no trust anchor is configured",
						"set it to the certificate of the CA"),
				new Row("optional trust that is not there",
						(site) -> site.locations().trustCertificates(List.of("optional:file:/no/such/folder")),
						Reason.TRUST_MISSING, "mtls.server.trust-certificates", "no trust anchor",
						"set it to the certificate of the CA"),
				new Row("the Java platform's trust, where it may not be",
						(site) -> site.locations().trustCertificates(List.of(" system ")), Reason.CONFIGURATION_INVALID,
						"mtls.server.trust-certificates=system", "issue certificates to everybody",
						"name the CA that issues your peers' certificates"),
				new Row("the Java platform's trust for a trust domain",
						(site) -> site.locations()
							.systemTrust(true)
							.trustDomains(Map.of("example.org", List.of("system"))),
						Reason.CONFIGURATION_INVALID,
						"mtls.server.trust-domains[example.org].trust-certificates=system",
						"issue certificates to everybody", "name the CA that issues your peers' certificates"),
				new Row("trust directory without certificates", (site) -> {
					createDirectory(site.folder().resolve("anchors"));
					return site.locations().trustCertificates(List.of("file:" + site.folder().resolve("anchors")));
				}, Reason.SOURCE_UNREADABLE, "mtls.server.trust-certificates=file:{folder}/anchors",
						"The directory has no file whose name ends in .pem", "Add a file"),
				new Row("glob that matches nothing",
						(site) -> site.locations().trustCertificates(List.of("file:" + site.folder() + "/*.pem")),
						Reason.SOURCE_UNREADABLE, "mtls.server.trust-certificates=file:{folder}/*.pem",
						"No file matches", "Add a file"),
				new Row("one of two files without certificate", (site) -> {
					Site.write(site.folder().resolve("b.crt"), "# empty by accident");
					return site.locations()
						.trustCertificates(List.of("file:" + site.trust(), "file:" + site.folder().resolve("b.crt")));
				}, Reason.MATERIAL_INVALID, "mtls.server.trust-certificates=file:{folder}/b.crt",
						"It holds no certificate", ""));
	}

	static Stream<Row> rules() {
		return Stream.of(
				new Row("networks set to nothing", (site) -> site.locations().allowedNetworks(List.of()),
						Reason.RULES_EMPTY, "mtls.server.allowed-networks", "it is set but holds no rule",
						"add a rule, or remove the property"),
				new Row("clients set to nothing", (site) -> site.locations().allowedPeers("allowed-clients", List.of()),
						Reason.RULES_EMPTY, "mtls.server.allowed-clients", "it is set but holds no rule",
						"add a rule, or remove the property"),
				new Row("network with host bits", (site) -> site.locations().allowedNetworks(List.of("10.0.0.1/8")),
						Reason.RULE_INVALID, "mtls.server.allowed-networks: ", "bits set behind its prefix",
						"10.0.0.0/8"),
				new Row("network that is none",
						(site) -> site.locations().allowedNetworks(List.of("10.0.0.0/8", "nonsense")),
						Reason.RULE_INVALID, "mtls.server.allowed-networks: ", "not an IP address or network", ""),
				new Row("client rule that is none",
						(site) -> site.locations().allowedPeers("allowed-clients", List.of("dns:*.*.example.com")),
						Reason.RULE_INVALID, "mtls.server.allowed-clients: ", "'*' stands for something else", ""),
				new Row("URI rule of a SPIFFE ID",
						(site) -> site.locations().allowedPeers("allowed-clients", List.of("uri:spiffe://td/a")),
						Reason.RULE_INVALID, "mtls.server.allowed-clients: ", "SPIFFE IDs have rules of their own",
						"spiffe:"));
	}

	@Test
	void readWhenPemReturnsKeyAndTrust() {
		Snapshot snapshot = read(this.site.locations());
		assertThat(keyOf(snapshot).chain()).hasSize(1);
		assertThat(snapshot.trust().anchors()).containsExactly(Site.ROOT.certificate());
		assertThat(snapshot.rules().access().allowedNetworks()).isNull();
		assertThat(snapshot.rules().access().allowedPeers()).isNull();
		assertThat(snapshot.warnings()).isEmpty();
	}

	@Test
	void readWhenPemIsInlineReturnsKeyAndTrust() {
		IssuedCertificate issued = other();
		String trust = PemText.of(Site.OTHER_ROOT.certificate());
		Snapshot snapshot = read(SnapshotLocations.builder(PREFIX)
			.pem(issued.chainPem(),
					"base64:" + Base64.getEncoder()
						.encodeToString(issued.privateKeyPem().getBytes(StandardCharsets.US_ASCII)),
					null)
			.trustCertificates(List.of(trust))
			.strictPermissions(true));
		assertThat(keyOf(snapshot).leaf()).isEqualTo(issued.certificate());
		assertThat(snapshot.trust().anchors()).containsExactly(Site.OTHER_ROOT.certificate());
	}

	@Test
	void readWhenStoresReturnsKeyAndTrust() throws IOException, GeneralSecurityException {
		IssuedCertificate issued = other();
		Path trustStore = this.folder.resolve("trust.jks");
		KeyStore store = KeyStore.getInstance("JKS");
		store.load(null, null);
		store.setCertificateEntry("ca", Site.OTHER_ROOT.certificate());
		try (var out = Files.newOutputStream(trustStore)) {
			store.store(out, PASSWORD.toCharArray());
		}
		Snapshot snapshot = read(store(this.site, issued, PASSWORD).trustStore("file:" + trustStore, "JKS", PASSWORD));
		assertThat(keyOf(snapshot).leaf()).isEqualTo(issued.certificate());
		assertThat(snapshot.trust().anchors()).as("certificates and store together")
			.containsExactly(Site.ROOT.certificate(), Site.OTHER_ROOT.certificate());
		assertThat(snapshot.warnings()).isEmpty();
	}

	@Test
	void readWhenTrustIsDirectoryTakesItsCertificates() {
		Path anchors = createDirectory(this.folder.resolve("anchors"));
		CertificateFiles files = CertificateFiles.creating();
		files.writeCertificates(PemText.of(Site.ROOT.certificate()), anchors.resolve("b.crt"));
		files.writeCertificates(PemText.of(Site.OTHER_ROOT.certificate()), anchors.resolve("a.pem"));
		Site.write(anchors.resolve("README.txt"), "no certificate");
		assertThat(read(this.site.locations().trustCertificates(List.of("file:" + anchors))).trust().anchors())
			.containsExactly(Site.OTHER_ROOT.certificate(), Site.ROOT.certificate());
		assertThat(read(this.site.locations().trustCertificates(List.of("file:" + anchors + "/b*"))).trust().anchors())
			.containsExactly(Site.ROOT.certificate());
		assertThat(
				read(this.site.locations().trustCertificates(List.of("optional:file:/no/such.crt", "file:" + anchors)))
					.trust()
					.anchors())
			.hasSize(2);
	}

	@ParameterizedTest
	@ValueSource(strings = { "rw-r-----", "rw----r--", "rw-r--r--" })
	void readWhenOthersCanReadKeyWarns(String permissions) {
		setPermissions(this.site.privateKey(), permissions);
		assertThat(read(this.site.locations()).warnings()).singleElement()
			.asString()
			.startsWith("mtls.server.private-key=file:" + this.site.privateKey())
			.contains("others than its owner can read this private key", "chmod 600");
	}

	@Test
	void readWhenOthersCanReadKeyStoreWarns() {
		SnapshotLocationsBuilder locations = store(this.site, other(), PASSWORD);
		setPermissions(this.folder.resolve("server.p12"), "rw-r--r--");
		assertThat(read(locations).warnings()).singleElement()
			.asString()
			.startsWith("mtls.server.key-store.location=file:");
	}

	@Test
	void readWhenStrictAndOnlyOwnerCanReadKeyReturnsKey() {
		setPermissions(this.site.privateKey(), "r--------");
		setPermissions(this.site.certificate(), "rw-r--r--");
		assertThat(read(this.site.locations().strictPermissions(true)).key()).isNotNull();
	}

	@Test
	void readWhenRulesAreSetTakesThem() {
		Snapshot snapshot = read(this.site.locations()
			.allowedNetworks(List.of("10.0.0.0/8", "::1"))
			.allowedPeers("allowed-clients", List.of("dns:*.example.com")));
		assertThat(snapshot.rules().access().allowedNetworks()).isNotNull();
		assertThat(snapshot.rules().access().allowedPeers()).hasSize(1);
	}

	@Test
	void withOptionalTrustWhenTrustIsConfiguredReturnsIt() {
		Snapshot snapshot = read(this.site.locations().build().withOptionalTrust());
		assertThat(snapshot.trust().anchors()).containsExactly(Site.ROOT.certificate());
	}

	@Test
	void withOptionalTrustWhenNoTrustIsConfiguredReturnsOwnCertificate() {
		Snapshot snapshot = read(withoutTrust(this.site).build().withOptionalTrust());
		assertThat(snapshot.trust().anchors()).containsExactly(keyOf(snapshot).leaf());
	}

	@Test
	void withOptionalTrustWhenNeitherKeyNorTrustIsConfiguredFails() {
		SnapshotLocations locations = SnapshotLocations.builder(PREFIX).build().withOptionalTrust();
		assertThatExceptionOfType(MtlsException.class).isThrownBy(() -> read(locations))
			.withMessageContaining("mtls.server: the server has no certificate");
	}

	@Test
	void readWhenClosedOverwritesContent() {
		SnapshotSource.Reading reading = this.site.locations().build().read();
		reading.close();
		assertThat(reading.hash()).isNotNull();
		assertThatExceptionOfType(IllegalStateException.class).isThrownBy(reading::parse)
			.withMessageContaining("is closed");
	}

	@Test
	void hasMaterialWhenKeyOrTrustIsTrue() {
		assertThat(this.site.locations().build().hasMaterial()).isTrue();
		assertThat(withoutKey(this.site).build().hasMaterial()).isTrue();
		assertThat(withoutTrust(this.site).build().hasMaterial()).isTrue();
		assertThat(SnapshotLocations.builder(PREFIX).allowedNetworks(List.of("::1")).build().hasMaterial()).isFalse();
	}

	@Test
	void toStringNeverHoldsPassword() {
		assertThat(KeyLocation.Pem.of(PREFIX, "file:tls.crt", "file:tls.key", PASSWORD))
			.hasToString("Pem[mtls.server.certificate=file:tls.crt, mtls.server.private-key=file:tls.key]");
		StoreLocation store = Objects
			.requireNonNull(StoreLocation.of(PREFIX + ".key-store", "file:server.p12", "PKCS12", PASSWORD));
		assertThat(store).hasToString("StoreLocation[mtls.server.key-store.location=file:server.p12, PKCS12]");
		assertThat(new KeyLocation.Store(store, PASSWORD, "alias"))
			.hasToString("Store[StoreLocation[mtls.server.key-store.location=file:server.p12, PKCS12], alias]");
	}

	private static Snapshot read(SnapshotLocationsBuilder locations) {
		return read(locations.build());
	}

	private static Snapshot read(SnapshotLocations locations) {
		try (SnapshotSource.Reading reading = locations.read()) {
			return reading.parse();
		}
	}

	private static KeyMaterial keyOf(Snapshot snapshot) {
		return Objects.requireNonNull(snapshot.key());
	}

	private static IssuedCertificate other() {
		return Site.ROOT.issue(Site.server().build());
	}

	private static SnapshotLocationsBuilder withoutKey(Site site) {
		return SnapshotLocations.builder(PREFIX).trustCertificates(List.of("file:" + site.trust()));
	}

	private static SnapshotLocationsBuilder withoutTrust(Site site) {
		return SnapshotLocations.builder(PREFIX).pem("file:" + site.certificate(), "file:" + site.privateKey(), null);
	}

	private static SnapshotLocationsBuilder store(Site site, IssuedCertificate issued, String password) {
		return storeOf(site, issued).keyStore("file:" + site.folder().resolve("server.p12"), "PKCS12", password, null,
				null);
	}

	private static SnapshotLocationsBuilder storeOf(Site site, IssuedCertificate issued) {
		CertificateFiles.creating()
			.writePrivate(issued.pkcs12(PASSWORD.toCharArray()), site.folder().resolve("server.p12"));
		return withoutKey(site);
	}

	private static Path createDirectory(Path directory) {
		try {
			return Files.createDirectory(directory);
		}
		catch (IOException ex) {
			throw new IllegalStateException(ex);
		}
	}

	private static void setPermissions(Path file, String permissions) {
		try {
			Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(permissions));
		}
		catch (IOException ex) {
			throw new IllegalStateException(ex);
		}
	}

	/**
	 * A configuration that cannot be used, and what is said about it.
	 */
	private record Row(String name, Function<Site, SnapshotLocationsBuilder> locations, Reason reason, String place,
			String problem, String fix) {

		@Override
		public String toString() {
			return this.name;
		}

	}

}
