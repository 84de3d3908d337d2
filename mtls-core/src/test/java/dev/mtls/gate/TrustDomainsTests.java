package dev.mtls.gate;

import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Map;
import java.util.Set;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import dev.mtls.authority.CertificateAuthority;
import dev.mtls.authority.CertificateFiles;
import dev.mtls.authority.PemText;
import dev.mtls.decision.MtlsException;
import dev.mtls.decision.Reason;
import dev.mtls.decision.Verdict;
import dev.mtls.tls.TlsProfile;
import dev.mtls.trust.RequiredPolicies;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for SPIFFE trust domains of a {@link Gate}: whose CA may vouch for which.
 */
class TrustDomainsTests {

	private static final List<String> RULES = List.of("spiffe://one/a", "spiffe://two/a", "cn:alice");

	@TempDir
	private Path folder;

	private Site site;

	@BeforeEach
	void createSite() {
		this.site = new Site(this.folder);
		write("one.crt", Site.ROOT.certificate());
		write("two.crt", Site.OTHER_ROOT.certificate());
	}

	@Test
	void peerIsAdmittedThroughAnchorOfItsTrustDomainOnly() {
		Gate gate = this.site.open(mapped("one.crt", "two.crt").allowedPeers("allowed-clients", RULES.subList(0, 2)));
		assertThat(denial(gate, Site.ROOT, "spiffe://one/a")).isNull();
		assertThat(denial(gate, Site.OTHER_ROOT, "spiffe://two/a")).isNull();
		assertThat(denial(gate, Site.OTHER_ROOT, "spiffe://one/a")).isEqualTo(Reason.IDENTITY_NOT_ALLOWED);
		assertThat(denial(gate, Site.ROOT, "spiffe://two/a")).isEqualTo(Reason.IDENTITY_NOT_ALLOWED);
	}

	@Test
	void anchorOfPlainListIsForOtherRulesOnly() {
		Gate gate = this.site.open(locations().trustCertificates(List.of(file("one.crt")))
			.trustDomains(Map.of("two", List.of(file("two.crt"))))
			.allowedPeers("allowed-clients", RULES));
		assertThat(denial(gate, Site.ROOT, "spiffe://two/a")).as("its common name is allowed").isNull();
		Gate spiffeOnly = this.site.open(locations().trustCertificates(List.of(file("one.crt")))
			.trustDomains(Map.of("two", List.of(file("two.crt"))))
			.allowedPeers("allowed-clients", RULES.subList(0, 2)));
		assertThat(denial(spiffeOnly, Site.ROOT, "spiffe://one/a")).isEqualTo(Reason.IDENTITY_NOT_ALLOWED);
		assertThat(denial(spiffeOnly, Site.ROOT, "spiffe://two/a")).isEqualTo(Reason.IDENTITY_NOT_ALLOWED);
		assertThat(denial(spiffeOnly, Site.OTHER_ROOT, "spiffe://two/a")).isNull();
	}

	@Test
	void authoritiesAreThoseOfOwnTrustDomainOnly() {
		Gate gate = this.site
			.open(mapped("one.crt", "two.crt").authorities(List.of("spiffe://one/a = ONE", "cn:alice = ANY")));
		assertThat(admitted(gate, Site.ROOT, "spiffe://one/a").authorities()).isEqualTo(Set.of("ONE", "ANY"));
		assertThat(admitted(gate, Site.OTHER_ROOT, "spiffe://one/a").authorities()).isEqualTo(Set.of("ANY"));
	}

	@Test
	void reloadWhenMappingChangesCutsConnection() {
		Gate gate = this.site.open(mapped("one.crt", "both.crt").allowedPeers("allowed-clients", RULES.subList(0, 2)));
		LiveConnection connection = ((Verdict.Accepted<LiveConnection>) gate.connect(chain(Site.ROOT, "spiffe://one/a"),
				null, (denial) -> {
				}))
			.value();
		assertThat(connection.isAdmitted()).isTrue();
		CertificateFiles.replacing().writeCertificates(PemText.of(Site.OTHER_ROOT.certificate()), path("one.crt"));
		assertThat(gate.reload()).isTrue();
		assertThat(connection.isAdmitted()).isFalse();
	}

	@Test
	void openWhenSeveralTrustDomainsAndAnchorsButNoMappingFails() {
		List<String> both = List.of(file("one.crt"), file("two.crt"));
		assertConflict(locations().trustCertificates(both).allowedPeers("allowed-clients", RULES));
		assertConflict(locations().trustCertificates(both)
			.allowedPeers("allowed-clients", RULES.subList(0, 1))
			.authorities(List.of("spiffe://two/a = A")));
	}

	@Test
	void openWhenOneTrustDomainOrOneAnchorNeedsNoMapping() {
		List<String> both = List.of(file("one.crt"), file("two.crt"));
		Gate oneDomain = this.site
			.open(locations().trustCertificates(both).allowedPeers("allowed-clients", RULES.subList(0, 1)));
		assertThat(denial(oneDomain, Site.ROOT, "spiffe://one/a")).isNull();
		assertThat(denial(oneDomain, Site.OTHER_ROOT, "spiffe://one/a")).isNull();
		Gate oneAnchor = this.site.open(
				locations().trustCertificates(both.subList(0, 1)).allowedPeers("allowed-clients", RULES.subList(0, 2)));
		assertThat(denial(oneAnchor, Site.ROOT, "spiffe://two/a")).isNull();
	}

	@Test
	void requiredPoliciesRefusePathWithout() {
		Gate gate = this.site.open(GateSettings.server(true, TlsProfile.defaults())
			.withRequiredPolicies(RequiredPolicies.parse(List.of("1.2.3"))), this.site.locations().build());
		assertThat(denial(gate, Site.ROOT, "spiffe://one/a")).isEqualTo(Reason.CONSTRAINT_VIOLATED);
	}

	private void assertConflict(SnapshotLocationsBuilder locations) {
		assertThatExceptionOfType(MtlsException.class).isThrownBy(() -> this.site.open(locations)).satisfies((ex) -> {
			assertThat(ex.reason()).isEqualTo(Reason.CONFIGURATION_CONFLICT);
			assertThat(ex.problem()).contains("trust domains [one, two]", "2 anchors");
			assertThat(ex.fix()).contains("trust-domains[one].trust-certificates");
		});
	}

	private SnapshotLocationsBuilder mapped(String one, String two) {
		write("both.crt", Site.ROOT.certificate(), Site.OTHER_ROOT.certificate());
		return locations().trustDomains(Map.of("one", List.of(file(one)), "two", List.of(file(two))));
	}

	private SnapshotLocationsBuilder locations() {
		return SnapshotLocations.builder("mtls.server")
			.pem("file:" + this.site.certificate(), "file:" + this.site.privateKey(), null);
	}

	private void write(String file, X509Certificate... anchors) {
		CertificateFiles.replacing().writeCertificates(PemText.of(anchors), path(file));
	}

	private String file(String name) {
		return "file:" + path(name);
	}

	private Path path(String name) {
		return this.folder.resolve(name);
	}

	private static @Nullable Reason denial(Gate gate, CertificateAuthority authority, String id) {
		return (gate.admitPeer(chain(authority, id), null) instanceof Verdict.Refused<Admission> refused)
				? refused.denial().reason() : null;
	}

	private static Admission admitted(Gate gate, CertificateAuthority authority, String id) {
		return ((Verdict.Accepted<Admission>) gate.admitPeer(chain(authority, id), null)).value();
	}

	private static List<X509Certificate> chain(CertificateAuthority authority, String id) {
		return Site.chain(authority, Site.client().uri(id));
	}

}
