package dev.mtls.gate;

import java.net.InetAddress;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import dev.mtls.address.AddressSet;
import dev.mtls.address.Cidr;
import dev.mtls.authority.CertificateRequest;
import dev.mtls.decision.Decision;
import dev.mtls.decision.MtlsException;
import dev.mtls.decision.Reason;
import dev.mtls.decision.Verdict;
import dev.mtls.event.MtlsEvent;
import dev.mtls.identity.IdentityPattern;
import dev.mtls.policy.ProxyPolicy;
import dev.mtls.tls.TlsProfile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for proxies at a {@link Gate}, and for the clients for which they speak.
 */
class GateProxyTests {

	private static final InetAddress CLIENT_ADDRESS = Cidr.parse("203.0.113.7").network();

	private static final InetAddress PROXY_ADDRESS = Cidr.parse("10.0.0.1").network();

	private static final InetAddress OTHER_ADDRESS = Cidr.parse("192.0.2.1").network();

	private static final AddressSet PROXY_NETWORKS = AddressSet.of(List.of(Cidr.parse("10.0.0.0/8")));

	@TempDir
	private Path folder;

	private Site site;

	private Path clients;

	private final List<X509Certificate> alice = chain("alice.example.com");

	private final List<X509Certificate> mallory = chain("mallory.example.com");

	private final List<X509Certificate> proxy = chain("proxy.example.com");

	private final List<X509Certificate> stranger = Site.chain(Site.OTHER_ROOT,
			CertificateRequest.client("proxy").dns("proxy.example.com"));

	@BeforeEach
	void createSite() {
		this.site = new Site(this.folder);
		this.clients = this.folder.resolve("clients");
		Site.write(this.clients, "dns:alice.example.com");
	}

	@Test
	void admitPeerWhenItIsAProxyAdmitsItAsOneAndTells() {
		Gate gate = open(byIdentity(null));
		Admission admission = admitted(gate.admitPeer(this.proxy, CLIENT_ADDRESS));
		assertThat(admission.isProxy()).isTrue();
		assertThat(admission.authorities()).isEmpty();
		assertThat(this.site.takeEvents()).singleElement()
			.isInstanceOfSatisfying(MtlsEvent.PeerAdmitted.class,
					(told) -> assertThat(told.rule()).isEqualTo("proxy dns:proxy.example.com"));
	}

	@Test
	void checkRequestWhenItIsAProxyRefusesItAsAClient() {
		Gate gate = open(byIdentity(null));
		Decision.Deny denial = Objects.requireNonNull(gate.checkRequest(this.proxy, CLIENT_ADDRESS));
		assertThat(denial.reason()).isEqualTo(Reason.CERTIFICATE_MISSING);
		assertThat(admitted(gate.forwarded().admitPeer(this.proxy, CLIENT_ADDRESS, false)).isProxy()).isTrue();
	}

	@Test
	void admitPeerWhenItIsAClientIsAsEver() {
		Gate gate = open(byIdentity(null));
		assertThat(admitted(gate.admitPeer(this.alice, CLIENT_ADDRESS)).isProxy()).isFalse();
		assertThat(admitted(gate.forwarded().admitPeer(this.alice, CLIENT_ADDRESS, false)).isProxy()).isFalse();
		assertRefused(gate.forwarded().admitPeer(this.mallory, CLIENT_ADDRESS, false), Reason.IDENTITY_NOT_ALLOWED);
		assertRefused(gate.admitPeer(this.stranger, CLIENT_ADDRESS), Reason.ISSUER_UNKNOWN);
		assertRefused(gate.admitPeer(List.of(), CLIENT_ADDRESS), Reason.CERTIFICATE_MISSING);
	}

	@Test
	void admitPeerWhenNobodyIsAProxyRefusesIt() {
		assertRefused(open(ProxyPolicy.NONE).admitPeer(this.proxy, CLIENT_ADDRESS), Reason.IDENTITY_NOT_ALLOWED);
	}

	@Test
	void admitAddressWhenProxiesHaveNetworksAdmitsTheseBeside() {
		Gate gate = open(byIdentity(PROXY_NETWORKS));
		assertThat(gate.admitAddress(PROXY_ADDRESS).isAllowed()).isTrue();
		assertThat(gate.admitAddress(CLIENT_ADDRESS).isAllowed()).isTrue();
		assertThat(gate.admitAddress(OTHER_ADDRESS).isAllowed()).isFalse();
	}

	@Test
	void admitPeerHoldsProxiesAndClientsToTheirOwnNetworks() {
		Gate gate = open(byIdentity(PROXY_NETWORKS));
		assertThat(admitted(gate.admitPeer(this.proxy, PROXY_ADDRESS)).isProxy()).isTrue();
		assertRefused(gate.admitPeer(this.proxy, CLIENT_ADDRESS), Reason.ADDRESS_NOT_ALLOWED);
		assertRefused(gate.admitPeer(this.alice, PROXY_ADDRESS), Reason.ADDRESS_NOT_ALLOWED);
		assertRefused(gate.admitPeer(List.of(), PROXY_ADDRESS), Reason.CERTIFICATE_MISSING);
		assertRefused(open(byIdentity(null)).admitPeer(this.proxy, PROXY_ADDRESS), Reason.ADDRESS_NOT_ALLOWED);
	}

	@Test
	void admitForwardedAsksEveryRuleAboutTheClient() {
		Gate gate = open(byIdentity(PROXY_NETWORKS));
		assertThat(admitted(forwarded(gate, this.alice, CLIENT_ADDRESS)).isProxy()).isFalse();
		assertThat(this.site.takeEvents()).isEmpty();
		assertRefused(forwarded(gate, this.alice, OTHER_ADDRESS), Reason.ADDRESS_NOT_ALLOWED);
		assertRefused(forwarded(gate, this.alice, PROXY_ADDRESS), Reason.ADDRESS_NOT_ALLOWED);
		assertRefused(forwarded(gate, this.alice, null), Reason.ADDRESS_NOT_ALLOWED);
		assertRefused(forwarded(gate, this.mallory, CLIENT_ADDRESS), Reason.IDENTITY_NOT_ALLOWED);
		assertRefused(forwarded(gate, this.stranger, CLIENT_ADDRESS), Reason.ISSUER_UNKNOWN);
		assertRefused(forwarded(gate, List.of(), CLIENT_ADDRESS), Reason.CERTIFICATE_MISSING);
		assertRefused(forwarded(gate, List.of(), null), Reason.CERTIFICATE_MISSING);
		assertRefused(forwarded(gate, this.proxy, CLIENT_ADDRESS), Reason.IDENTITY_NOT_ALLOWED);
		assertThat(this.site.takeEvents()).hasSize(8)
			.allSatisfy((event) -> assertThat(event).isInstanceOf(MtlsEvent.PeerRefused.class));
	}

	@Test
	void admitForwardedWhenACertificateIsWantedRefusesAllTheSame() {
		Gate gate = open(GateSettings.server(false, TlsProfile.defaults()).withProxies(byIdentity(null)));
		assertRefused(forwarded(gate, this.mallory, CLIENT_ADDRESS), Reason.IDENTITY_NOT_ALLOWED);
		assertRefused(forwarded(gate, List.of(), CLIENT_ADDRESS), Reason.CERTIFICATE_MISSING);
	}

	@Test
	void admitForwardedWhenReportOnlyAdmitsAndTells() {
		Gate gate = open(
				GateSettings.server(true, TlsProfile.defaults()).withProxies(byIdentity(null)).withReportOnly(true));
		admitted(forwarded(gate, this.mallory, CLIENT_ADDRESS));
		assertThat(this.site.takeEvents()).singleElement()
			.isInstanceOfSatisfying(MtlsEvent.RefusalReported.class,
					(told) -> assertThat(told.reason()).isEqualTo(Reason.IDENTITY_NOT_ALLOWED));
		assertRefused(forwarded(gate, this.stranger, CLIENT_ADDRESS), Reason.ISSUER_UNKNOWN);
		assertRefused(forwarded(gate, this.proxy, CLIENT_ADDRESS), Reason.IDENTITY_NOT_ALLOWED);
	}

	@Test
	void clientWithoutCertificateIsServedWhereTheRequestNeedsNone() {
		Gate gate = open(GateSettings.server(false, TlsProfile.defaults()).withProxies(byIdentity(null)));
		assertThat(gate.forwarded().connect(List.of(), CLIENT_ADDRESS, false, null))
			.isInstanceOf(Verdict.Accepted.class);
		assertRefused(forwarded(gate, List.of(), CLIENT_ADDRESS), Reason.CERTIFICATE_MISSING);
		assertThat(gate.forwarded().connect(List.of(), OTHER_ADDRESS, false, null)).isInstanceOf(Verdict.Refused.class);
		assertThat(gate.forwarded().connect(List.of(), null, false, null)).isInstanceOf(Verdict.Refused.class);
		assertThat(open(byIdentity(null)).forwarded().connect(List.of(), CLIENT_ADDRESS, false, null))
			.isInstanceOf(Verdict.Refused.class);
		assertThat(gate.forwarded().admitPeer(List.of(), CLIENT_ADDRESS, false)).isInstanceOf(Verdict.Accepted.class);
		assertRefused(gate.forwarded().admitPeer(List.of(), CLIENT_ADDRESS, true), Reason.CERTIFICATE_MISSING);
	}

	@Test
	void requestIsCutWithItsConnectionWhenItsClientIsRefused() {
		Gate gate = open(byIdentity(PROXY_NETWORKS));
		List<Decision.Deny> cut = new ArrayList<>();
		LiveConnection carrier = connection(gate.connect(this.proxy, PROXY_ADDRESS, cut::add));
		LiveConnection request = connection(gate.forwarded().connect(this.alice, CLIENT_ADDRESS, true, carrier));
		LiveConnection ended = connection(gate.forwarded().connect(this.alice, CLIENT_ADDRESS, true, carrier));
		ended.closed();
		assertThat(gate.forwarded().live()).containsExactly(request);
		Site.write(this.clients, "dns:bob.example.com");
		this.site.takeEvents();
		gate.reload();
		gate.walk();
		assertThat(cut).singleElement().extracting(Decision.Deny::reason).isEqualTo(Reason.IDENTITY_NOT_ALLOWED);
		assertThat(this.site.takeEvents()).filteredOn(MtlsEvent.ConnectionCut.class::isInstance).hasSize(1);
		assertThat(gate.forwarded().live()).isEmpty();
		assertThat(request.isAdmitted()).isFalse();
	}

	@Test
	void requestIsForgottenWithItsConnection() {
		Gate gate = open(byIdentity(PROXY_NETWORKS));
		LiveConnection carrier = connection(gate.connect(this.proxy, PROXY_ADDRESS, (denial) -> {
		}));
		connection(gate.forwarded().connect(this.alice, CLIENT_ADDRESS, true, carrier));
		gate.walk();
		assertThat(gate.forwarded().live()).hasSize(1);
		carrier.closed();
		gate.walk();
		assertThat(gate.forwarded().live()).isEmpty();
	}

	@Test
	void peerWithoutCertificateIsAProxyByItsAddressWhereThatIsTrusted() {
		Gate gate = open(new ProxyPolicy(List.of(), PROXY_NETWORKS, true));
		assertThat(this.site.takeEvents()).singleElement()
			.isInstanceOfSatisfying(MtlsEvent.Warned.class,
					(told) -> assertThat(told.message()).contains("10.0.0.0/8", "address alone"));
		assertThat(gate.settings().certificateRequired()).isTrue();
		assertThat(gate.settings().certificateRequiredInHandshake()).isFalse();
		assertThat(gate.admitAddress(PROXY_ADDRESS).isAllowed()).isTrue();
		assertThat(admitted(gate.admitPeer(List.of(), PROXY_ADDRESS)).isProxy()).isTrue();
		assertRefused(gate.admitPeer(List.of(), CLIENT_ADDRESS), Reason.CERTIFICATE_MISSING);
		assertRefused(gate.admitPeer(List.of(), null), Reason.CERTIFICATE_MISSING);
		assertRefused(gate.admitPeer(this.alice, PROXY_ADDRESS), Reason.ADDRESS_NOT_ALLOWED);
		assertThat(admitted(gate.admitPeer(this.alice, CLIENT_ADDRESS)).isProxy()).isFalse();
	}

	@Test
	void proxyPolicyWithoutNetworksIsRefused() {
		assertThatExceptionOfType(MtlsException.class)
			.isThrownBy(() -> new ProxyPolicy(List.of(), AddressSet.of(List.of()), true))
			.satisfies((ex) -> assertThat(ex.reason()).isEqualTo(Reason.RULES_EMPTY));
	}

	private Gate open(ProxyPolicy proxies) {
		return open(GateSettings.server(true, TlsProfile.defaults()).withProxies(proxies));
	}

	private Gate open(GateSettings settings) {
		return this.site.open(settings,
				this.site.locations()
					.allowedNetworks(List.of("203.0.113.0/24"))
					.allowedPeers("allowed-clients", List.of("file:" + this.clients))
					.build());
	}

	private static ProxyPolicy byIdentity(@Nullable AddressSet networks) {
		return new ProxyPolicy(List.of(IdentityPattern.parse("dns:proxy.example.com")), networks, false);
	}

	private static Verdict<Admission> forwarded(Gate gate, List<X509Certificate> chain, @Nullable InetAddress address) {
		return gate.forwarded()
			.connect(chain, address, true, null)
			.then((request) -> Verdict.accepted(request.admission()));
	}

	private static List<X509Certificate> chain(String name) {
		return Site.chain(Site.ROOT, CertificateRequest.client("peer").dns(name));
	}

	private static Admission admitted(Verdict<Admission> verdict) {
		assertThat(verdict).isInstanceOf(Verdict.Accepted.class);
		return ((Verdict.Accepted<Admission>) verdict).value();
	}

	private static LiveConnection connection(Verdict<LiveConnection> verdict) {
		assertThat(verdict).isInstanceOf(Verdict.Accepted.class);
		return ((Verdict.Accepted<LiveConnection>) verdict).value();
	}

	private static void assertRefused(Verdict<Admission> verdict, Reason reason) {
		assertThat(verdict).isInstanceOfSatisfying(Verdict.Refused.class,
				(refused) -> assertThat(refused.denial()).extracting(Decision.Deny::reason).isEqualTo(reason));
	}

}
