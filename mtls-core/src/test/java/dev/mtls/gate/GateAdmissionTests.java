package dev.mtls.gate;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

import dev.mtls.authority.CertificateAuthority;
import dev.mtls.authority.CertificateRequest;
import dev.mtls.decision.Decision;
import dev.mtls.decision.MtlsException;
import dev.mtls.decision.Reason;
import dev.mtls.decision.Verdict;
import dev.mtls.event.MtlsEvent;
import dev.mtls.tls.TlsProfile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

/**
 * Tests for whom a {@link Gate} admits, and until when.
 */
class GateAdmissionTests {

	private static final Instant NOW = MutableClock.START;

	private static final InetAddress LISTED = address("10.1.2.3");

	private static final InetAddress UNLISTED = address("192.0.2.1");

	@TempDir
	private Path folder;

	private Site site;

	private final List<X509Certificate> alice = Site.chain(Site.ROOT, Site.client());

	private final List<X509Certificate> stranger = Site.chain(Site.OTHER_ROOT, Site.client());

	@BeforeEach
	void createSite() {
		this.site = new Site(this.folder);
	}

	@ParameterizedTest
	@ValueSource(strings = { "10.1.2.3", "::ffff:10.1.2.3", "2001:db8::1" })
	void admitAddressWhenListedAllowsAndTellsNothing(String text) {
		Gate gate = this.site.open(this.site.locations().allowedNetworks(List.of("10.0.0.0/8", "2001:db8::/32")));
		assertThat(gate.admitAddress(address(text))).isInstanceOf(Decision.Allow.class);
		assertThat(this.site.takeEvents()).isEmpty();
	}

	@ParameterizedTest
	@ValueSource(strings = { "11.1.2.3", "::ffff:11.1.2.3", "2001:db9::1" })
	void admitAddressWhenNotListedDeniesAndTells(String text) {
		Gate gate = this.site.open(this.site.locations().allowedNetworks(List.of("10.0.0.0/8", "2001:db8::/32")));
		Decision decision = gate.admitAddress(address(text));
		assertThat(decision).isInstanceOfSatisfying(Decision.Deny.class,
				(denial) -> assertThat(denial.reason()).isEqualTo(Reason.ADDRESS_NOT_ALLOWED));
		assertThat(this.site.takeEvents()).containsExactly(new MtlsEvent.PeerRefused(NOW, "server", address(text), null,
				null, Reason.ADDRESS_NOT_ALLOWED, ((Decision.Deny) decision).detail()));
	}

	@Test
	void admitAddressWhenNoNetworkIsSetAllowsAny() {
		assertThat(this.site.open().admitAddress(UNLISTED)).isInstanceOf(Decision.Allow.class);
	}

	@Test
	void admitPeerWhenTrustedAdmitsAndTells() {
		Gate gate = this.site.open();
		Admission admission = admitted(gate.admitPeer(this.alice, LISTED));
		assertThat(admission.generation()).isOne();
		assertThat(Objects.requireNonNull(admission.identity()).displayName()).isEqualTo("alice.example.com");
		assertThat(Objects.requireNonNull(admission.peer()).path().certificates()).isEqualTo(this.alice);
		assertThat(admission.rule()).isEqualTo("any trusted certificate");
		assertThat(admission.validUntil()).isEqualTo(notAfter(this.alice.get(0)));
		assertThat(admission).hasToString("Admission[alice.example.com, generation 1, until %s, by %s]"
			.formatted(notAfter(this.alice.get(0)), "any trusted certificate"));
		assertThat(this.site.takeEvents()).containsExactly(new MtlsEvent.PeerAdmitted(NOW, "server", LISTED,
				admission.identity(), null, "any trusted certificate"));
	}

	@Test
	void admitPeerWhenRuleMatchesNamesRule() {
		Gate gate = this.site.open(this.site.locations()
			.allowedPeers("allowed-clients", List.of("dns:bob.example.com", "dns:*.example.com")));
		assertThat(admitted(gate.admitPeer(this.alice, null)).rule()).isEqualTo("dns:*.example.com");
	}

	@ParameterizedTest(name = "{0}")
	@MethodSource
	void admitPeerWhenRefusedTells(String name, Consumer<SnapshotLocationsBuilder> rules,
			CertificateAuthority authority, CertificateRequest.@Nullable Builder request, InetAddress address,
			Reason reason, boolean identityIsTold) {
		SnapshotLocationsBuilder locations = this.site.locations();
		rules.accept(locations);
		Gate gate = this.site.open(locations);
		List<X509Certificate> chain = (request != null) ? Site.chain(authority, request) : List.of();
		Decision.Deny denial = refused(gate.admitPeer(chain, address));
		assertThat(denial.reason()).isEqualTo(reason);
		assertThat(this.site.takeEvents()).singleElement()
			.isInstanceOfSatisfying(MtlsEvent.PeerRefused.class, (refused) -> {
				assertThat(refused.time()).isEqualTo(NOW);
				assertThat(refused.gate()).isEqualTo("server");
				assertThat(refused.address()).isEqualTo(address);
				assertThat(refused.reason()).isEqualTo(reason);
				assertThat(refused.detail()).isEqualTo(denial.detail());
				assertThat(refused.identity() != null).isEqualTo(identityIsTold);
			});
	}

	static Stream<Arguments> admitPeerWhenRefusedTells() {
		Consumer<SnapshotLocationsBuilder> any = (locations) -> {
		};
		Consumer<SnapshotLocationsBuilder> bobOnly = (locations) -> locations.allowedPeers("allowed-clients",
				List.of("dns:bob.example.com"));
		Consumer<SnapshotLocationsBuilder> networks = (locations) -> locations.allowedNetworks(List.of("10.0.0.0/8"));
		return Stream.of(
				Arguments.of("no certificate", any, Site.ROOT, null, LISTED, Reason.CERTIFICATE_MISSING, false),
				Arguments.of("other CA", any, Site.OTHER_ROOT, Site.client(), LISTED, Reason.ISSUER_UNKNOWN, false),
				Arguments.of("expired", any, Site.ROOT,
						Site.client().notBefore(NOW.minusSeconds(60)).notAfter(NOW.minusSeconds(1)), LISTED,
						Reason.CERTIFICATE_EXPIRED, false),
				Arguments.of("certificate of a server", any, Site.ROOT, Site.server(), LISTED, Reason.KEY_USAGE_WRONG,
						false),
				Arguments.of("no rule", bobOnly, Site.ROOT, Site.client(), LISTED, Reason.IDENTITY_NOT_ALLOWED, true),
				Arguments.of("address", networks, Site.ROOT, Site.client(), UNLISTED, Reason.ADDRESS_NOT_ALLOWED, true),
				Arguments.of("address, and other CA", networks, Site.OTHER_ROOT, Site.client(), UNLISTED,
						Reason.ADDRESS_NOT_ALLOWED, false));
	}

	@Test
	void admitPeerWhenStackTellsNoAddressAsksIdentityOnly() {
		Gate gate = this.site.open(this.site.locations().allowedNetworks(List.of("10.0.0.0/8")));
		assertThat(gate.admitPeer(this.alice, null)).isInstanceOf(Verdict.Accepted.class);
	}

	@Test
	void admitPeerWhenCertificateIsNotRequiredAdmitsAnonymousPeer() {
		Gate gate = this.site.open(GateSettings.server(false, TlsProfile.defaults()),
				this.site.locations()
					.allowedPeers("allowed-clients", List.of("dns:alice.example.com"))
					.allowedNetworks(List.of("10.0.0.0/8"))
					.build());
		Admission admission = admitted(gate.admitPeer(List.of(), LISTED));
		assertThat(admission.peer()).isNull();
		assertThat(admission.identity()).isNull();
		assertThat(admission.validUntil()).isEqualTo(Instant.MAX);
		assertThat(admission.rule()).isEqualTo("anonymous");
		assertThat(admission.toString()).contains("anonymous");
		assertThat(this.site.takeEvents())
			.containsExactly(new MtlsEvent.PeerAdmitted(NOW, "server", LISTED, null, null, "anonymous"));
		this.site.clock.advance(Duration.ofDays(10_000));
		assertThat(gate.isCurrent(admission)).isTrue();
	}

	@Test
	void admitPeerWhenCertificateIsNotRequiredRefusesWrongCertificateAndAddress() {
		Gate gate = this.site.open(GateSettings.server(false, TlsProfile.defaults()),
				this.site.locations().allowedNetworks(List.of("10.0.0.0/8")).build());
		assertThat(refused(gate.admitPeer(this.stranger, LISTED)).reason()).isEqualTo(Reason.ISSUER_UNKNOWN);
		assertThat(refused(gate.admitPeer(List.of(), UNLISTED)).reason()).isEqualTo(Reason.ADDRESS_NOT_ALLOWED);
	}

	@Test
	void admitRequestWhenAdmittedTellsNothing() {
		Gate gate = this.site.open(this.site.locations()
			.authorities(List.of("dns:alice.example.com = ROLE_ADMIN, ROLE_USER", "dns:bob.example.com = ROLE_BOB")));
		Admission admission = admitted(gate.admitRequest(this.alice, LISTED));
		assertThat(Objects.requireNonNull(admission.identity()).displayName()).isEqualTo("alice.example.com");
		assertThat(admission.authorities()).containsExactlyInAnyOrder("ROLE_ADMIN", "ROLE_USER");
		assertThat(this.site.takeEvents()).isEmpty();
	}

	@Test
	void admitRequestWhenRefusedTells() {
		Gate gate = this.site.open(this.site.locations().allowedNetworks(List.of("10.0.0.0/8")));
		assertThat(refused(gate.admitRequest(this.stranger, LISTED)).reason()).isEqualTo(Reason.ISSUER_UNKNOWN);
		assertThat(refused(gate.admitRequest(this.alice, UNLISTED)).reason()).isEqualTo(Reason.ADDRESS_NOT_ALLOWED);
		assertThat(refused(gate.admitRequest(List.of(), LISTED)).reason()).isEqualTo(Reason.CERTIFICATE_MISSING);
		assertThat(this.site.takeEvents()).hasSize(3).hasOnlyElementsOfType(MtlsEvent.PeerRefused.class);
		assertThat(gate.admitRequest(this.alice, null)).isInstanceOf(Verdict.Accepted.class);
	}

	@Test
	void admitRequestWhenDenialIsDeferredIsRefused() {
		Gate gate = this.site.open(GateSettings.server(false, TlsProfile.defaults()),
				this.site.locations().allowedPeers("allowed-clients", List.of("dns:bob.example.com")).build());
		assertThat(admitted(gate.admitPeer(this.alice, LISTED)).deferred()).isNotNull();
		assertThat(refused(gate.admitRequest(this.alice, LISTED)).reason()).isEqualTo(Reason.IDENTITY_NOT_ALLOWED);
		assertThat(admitted(gate.admitRequest(List.of(), LISTED)).peer()).isNull();
	}

	@Test
	void clientGateAlwaysRequiresCertificate() {
		Gate gate = this.site.open(GateSettings.client("client", false, TlsProfile.defaults()),
				this.site.locations().build());
		assertThat(refused(gate.admitPeer(List.of(), null)).reason()).isEqualTo(Reason.CERTIFICATE_MISSING);
		assertThat(gate.admitPeer(Site.chain(Site.ROOT, Site.server()), null)).isInstanceOf(Verdict.Accepted.class);
	}

	@Test
	void validUntilIsEarliestEndOfPath() {
		CertificateAuthority root = CertificateAuthority.create(
				CertificateRequest.authority("CN=Short Root").validity(Duration.ofDays(20)).build(), this.site.clock);
		CertificateAuthority intermediate = root.intermediate(
				CertificateRequest.authority("CN=Shorter").validity(Duration.ofDays(10)).pathLength(0).build());
		this.site.writeTrust(root.anchor(), Site.ROOT.certificate());
		Gate gate = this.site.open();
		assertThat(admitted(gate.admitPeer(this.alice, null)).validUntil()).as("leaf")
			.isEqualTo(notAfter(this.alice.get(0)));
		// An issuer never issues beyond its own end, so the leaf is made by hand to
		// outlive it
		List<X509Certificate> chain = Site.chain(intermediate, Site.client().notAfter(NOW.plus(Duration.ofDays(30))));
		assertThat(notAfter(chain.get(0))).isEqualTo(NOW.plus(Duration.ofDays(30)));
		assertThat(admitted(gate.admitPeer(chain, null)).validUntil()).as("intermediate")
			.isEqualTo(notAfter(intermediate.certificate()))
			.isEqualTo(NOW.plus(Duration.ofDays(10)));
		List<X509Certificate> below = Site.chain(root, Site.client().notAfter(NOW.plus(Duration.ofDays(30))));
		assertThat(admitted(gate.admitPeer(below, null)).validUntil()).as("anchor")
			.isEqualTo(NOW.plus(Duration.ofDays(20)));
	}

	@Test
	void isCurrentWhenTimeRunsOutIsFalse() {
		Gate gate = this.site.open();
		Admission admission = admitted(gate.admitPeer(this.alice, null));
		this.site.clock.set(admission.validUntil().minusMillis(1));
		assertThat(gate.isCurrent(admission)).isTrue();
		this.site.clock.set(admission.validUntil());
		assertThat(gate.isCurrent(admission)).isFalse();
		this.site.clock.set(admission.validUntil().plusMillis(1));
		assertThat(gate.isCurrent(admission)).isFalse();
		assertThat(refused(gate.admitPeer(this.alice, null)).reason()).isEqualTo(Reason.CERTIFICATE_EXPIRED);
	}

	@Test
	void admitPeerWhenClockGoesBackIsRefusedBeforeItsTime() {
		Gate gate = this.site.open();
		admitted(gate.admitPeer(this.alice, null));
		this.site.clock.set(this.alice.get(0).getNotBefore().toInstant().minusSeconds(1));
		assertThat(refused(gate.admitPeer(this.alice, null)).reason()).isEqualTo(Reason.CERTIFICATE_NOT_YET_VALID);
	}

	@Test
	void isCurrentWhenGenerationChangesIsFalse() {
		Gate gate = this.site.open();
		Admission admission = admitted(gate.admitPeer(this.alice, null));
		assertThat(gate.isCurrent(admission)).isTrue();
		gate.reload();
		assertThat(gate.isCurrent(admission)).isTrue();
		this.site.writeKey(Site.ROOT.issue(Site.server().build()));
		gate.reload();
		assertThat(gate.isCurrent(admission)).isFalse();
		Admission renewed = admitted(gate.admitPeer(this.alice, null));
		assertThat(renewed.generation()).isEqualTo(2);
		assertThat(gate.isCurrent(renewed)).isTrue();
	}

	@Test
	void admitPeerWhenOnlyKeyChangedUsesVerifiedPathAgain() {
		Gate gate = this.site.open();
		Admission admission = admitted(gate.admitPeer(this.alice, null));
		assertThat(pathOf(gate)).isSameAs(Objects.requireNonNull(admission.peer()).path());
		this.site.writeKey(Site.ROOT.issue(Site.server().build()));
		assertThat(gate.reload()).isTrue();
		assertThat(pathOf(gate)).isSameAs(Objects.requireNonNull(admission.peer()).path());
	}

	@Test
	void admitPeerWhenAnchorsChangedVerifiesPathAnew() {
		Gate gate = this.site.open();
		Object path = pathOf(gate);
		this.site.writeTrust(Site.ROOT.certificate(), Site.OTHER_ROOT.certificate());
		assertThat(gate.reload()).isTrue();
		assertThat(pathOf(gate)).isNotSameAs(path);
		assertThat(gate.admitPeer(this.stranger, null)).isInstanceOf(Verdict.Accepted.class);
		this.site.writeTrust(Site.OTHER_ROOT.certificate());
		assertThat(gate.reload()).isTrue();
		assertThat(refused(gate.admitPeer(this.alice, null)).reason()).isEqualTo(Reason.ISSUER_UNKNOWN);
	}

	@ParameterizedTest
	@ValueSource(booleans = { true, false })
	void decisionsWhenListenerFailsStandAndFailureIsHandedOver(boolean failsWithExceptionOfOurs) {
		RuntimeException failure = failsWithExceptionOfOurs
				? new MtlsException(Reason.INTERNAL, "listener", "Problem", "Fix") : new IllegalStateException();
		List<Throwable> handed = new ArrayList<>();
		Thread.currentThread().setUncaughtExceptionHandler((thread, ex) -> handed.add(ex));
		try {
			Gate gate = Gate.open(GateSettings.server(true, TlsProfile.defaults()),
					this.site.locations().allowedNetworks(List.of("10.0.0.0/8")).build(), this.site.clock, (event) -> {
						throw failure;
					});
			assertThat(gate.admitAddress(UNLISTED)).isInstanceOf(Decision.Deny.class);
			assertThat(gate.admitPeer(this.alice, LISTED)).isInstanceOf(Verdict.Accepted.class);
			assertThat(gate.admitPeer(this.stranger, LISTED)).isInstanceOf(Verdict.Refused.class);
			assertThatCode(() -> gate.handshakeFailed(null, LISTED, null)).doesNotThrowAnyException();
			this.site.writeKey(Site.ROOT.issue(Site.server().build()));
			assertThat(gate.reload()).isTrue();
			assertThat(gate.generation()).isEqualTo(2);
			Site.write(this.site.trust(), "");
			assertThat(gate.reload()).isFalse();
			assertThat(handed).hasSize(6).containsOnly(failure);
		}
		finally {
			Thread.currentThread().setUncaughtExceptionHandler(null);
		}
	}

	private Object pathOf(Gate gate) {
		return Objects.requireNonNull(admitted(gate.admitPeer(this.alice, null)).peer()).path();
	}

	private static Admission admitted(Verdict<Admission> verdict) {
		assertThat(verdict).isInstanceOf(Verdict.Accepted.class);
		return ((Verdict.Accepted<Admission>) verdict).value();
	}

	private static Decision.Deny refused(Verdict<Admission> verdict) {
		assertThat(verdict).isInstanceOf(Verdict.Refused.class);
		return ((Verdict.Refused<Admission>) verdict).denial();
	}

	private static Instant notAfter(X509Certificate certificate) {
		return certificate.getNotAfter().toInstant();
	}

	private static InetAddress address(String text) {
		try {
			return InetAddress.getByName(text);
		}
		catch (UnknownHostException ex) {
			throw new IllegalArgumentException(ex);
		}
	}

}
