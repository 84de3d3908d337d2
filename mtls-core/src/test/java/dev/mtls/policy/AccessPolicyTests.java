package dev.mtls.policy;

import java.math.BigInteger;
import java.net.InetAddress;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import dev.mtls.address.AddressSet;
import dev.mtls.decision.Decision;
import dev.mtls.decision.MtlsException;
import dev.mtls.decision.Reason;
import dev.mtls.identity.IdentityPattern;
import dev.mtls.identity.PeerIdentity;
import dev.mtls.identity.SpiffeId;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for {@link AccessPolicy}.
 */
class AccessPolicyTests {

	@Test
	void admitWhenNothingConfiguredAllows() throws Exception {
		AccessPolicy policy = new AccessPolicy(null, null);
		assertThat(policy.admitAddress(InetAddress.getByName("10.1.2.3"))).isEqualTo(new Decision.Allow("any address"));
		assertThat(policy.admitAddress(InetAddress.getByName("2001:db8::1")).isAllowed()).isTrue();
		assertThat(policy.admitIdentity(peer("api.example.com")))
			.isEqualTo(new Decision.Allow("any trusted certificate"));
	}

	@Test
	void createWhenConfiguredButEmptyThrows() {
		AddressSet nowhere = AddressSet.builder().build();
		assertThatExceptionOfType(MtlsException.class).isThrownBy(() -> new AccessPolicy(nowhere, null))
			.satisfies((ex) -> assertThat(ex.reason()).isEqualTo(Reason.RULES_EMPTY))
			.withMessageStartingWith("allowed networks: ");
		assertThatExceptionOfType(MtlsException.class).isThrownBy(() -> new AccessPolicy(null, List.of()))
			.satisfies((ex) -> assertThat(ex.reason()).isEqualTo(Reason.RULES_EMPTY))
			.withMessageStartingWith("allowed peers: ");
	}

	@Test
	void createCopiesRules() {
		List<IdentityPattern> rules = new ArrayList<>(List.of(IdentityPattern.parse("api.example.com")));
		AccessPolicy policy = new AccessPolicy(null, rules);
		rules.add(IdentityPattern.parse("other.example.com"));
		assertThat(policy.admitIdentity(peer("other.example.com")).isAllowed()).isFalse();
		assertThat(policy.allowedPeers()).isUnmodifiable();
	}

	@ParameterizedTest
	@CsvSource({ "10.1.2.3, true", "::ffff:10.1.2.3, true", "11.0.0.1, false", "2001:db8::1, true", "::1, false" })
	void admitAddressFollowsNetworks(String address, boolean allowed) throws Exception {
		AccessPolicy policy = new AccessPolicy(networks("10.0.0.0/8", "2001:db8::/32"), null);
		assertThat(policy.admitAddress(InetAddress.getByName(address)).isAllowed()).isEqualTo(allowed);
	}

	@Test
	void admitAddressWhenInNoNetworkSaysWhich() throws Exception {
		AccessPolicy policy = new AccessPolicy(networks("192.168.0.0/16"), null);
		assertThat(policy.admitAddress(InetAddress.getByAddress("name", new byte[] { 10, 1, 2, 3 })))
			.isEqualTo(new Decision.Deny(Reason.ADDRESS_NOT_ALLOWED, "10.1.2.3 is in no allowed network"));
		assertThat(policy.admitAddress(InetAddress.getByName("2001:db8::1")))
			.isEqualTo(new Decision.Deny(Reason.ADDRESS_NOT_ALLOWED, "2001:db8::1 is in no allowed network"));
	}

	@Test
	void admitAddressWhenAllowedHasItsAnswerReady() throws Exception {
		AccessPolicy policy = new AccessPolicy(networks("10.0.0.0/8"), null);
		Decision first = policy.admitAddress(InetAddress.getByName("10.1.2.3"));
		assertThat(policy.admitAddress(InetAddress.getByName("10.3.2.1"))).isSameAs(first);
		assertThat(first).isEqualTo(new Decision.Allow("allowed networks"));
	}

	@ParameterizedTest
	@CsvSource({ "api.example.com, dns:api.example.com", "a.internal.example.com, dns:*.internal.example.com",
			"API.example.com, dns:api.example.com" })
	void admitIdentityWhenAnyRuleMatchesAllowsWithThatRule(String dnsName, String rule) {
		AccessPolicy policy = new AccessPolicy(null, rules("api.example.com", "dns:*.internal.example.com"));
		assertThat(policy.admitIdentity(peer(dnsName))).isEqualTo(new Decision.Allow(rule));
	}

	@Test
	void admitIdentityWhenNoRuleMatchesSaysWhatWasPresentedAndAllowed() {
		AccessPolicy policy = new AccessPolicy(null, rules("api.example.com", "spiffe://td/a"));
		assertThat(policy.admitIdentity(peer("other.example.com")))
			.isEqualTo(new Decision.Deny(Reason.IDENTITY_NOT_ALLOWED,
					"presented other.example.com, allowed are dns:api.example.com, spiffe://td/a"));
	}

	@Test
	void admitIdentityWhenManyRulesListsOnlySome() {
		List<IdentityPattern> rules = IntStream.range(0, 5000)
			.mapToObj((i) -> IdentityPattern.parse("dns:h%d.example.com".formatted(i)))
			.toList();
		assertThat(new AccessPolicy(null, rules).admitIdentity(peer("other.example.com"))).isInstanceOfSatisfying(
				Decision.Deny.class,
				(denial) -> assertThat(denial.detail())
					.startsWith("presented other.example.com, allowed are dns:h0.example.com, ")
					.endsWith("dns:h9.example.com and 4990 more"));
	}

	@Test
	void admitIdentityWhenNameIsLongStillListsRules() {
		String label = "a".repeat(60);
		String longName = String.join(".", Collections.nCopies(4, label));
		PeerIdentity peer = peer(List.of(), "x".repeat(5000));
		assertThat(new AccessPolicy(null, rules(longName)).admitIdentity(peer)).isInstanceOfSatisfying(
				Decision.Deny.class,
				(denial) -> assertThat(denial.detail()).startsWith("presented xxx")
					.endsWith("…, allowed are dns:" + longName)
					.hasSizeLessThan(600));
	}

	@ParameterizedTest
	@CsvSource(nullValues = "-",
			value = { "spiffe://td/a, -, true", "spiffe://td/a, td, true", "spiffe://td/a, td other, true",
					"spiffe://td/a, other, false", "spiffe://td/a, none, false", "spiffe://td/**, other, false",
					"uri:https://td/a, other, false", "cn:client, other, true", "cn:client, none, true" })
	void ruleAboutSpiffeIdsMatchesOnlyThroughAnchorOfItsTrustDomain(String rule, @Nullable String trustDomains,
			boolean allowed) {
		PeerIdentity peer = spiffePeer("spiffe://td/a");
		Set<String> known = (trustDomains != null) ? Set.of(trustDomains.split(" ", -1)) : null;
		AccessPolicy policy = new AccessPolicy(null, rules(rule));
		assertThat(policy.admitIdentity(peer, known).isAllowed()).isEqualTo(allowed);
		AuthorityRules authorities = AuthorityRules.parse(List.of(rule + " = ROLE_A"));
		assertThat(authorities.authoritiesOf(peer, known)).hasSize(allowed ? 1 : 0);
	}

	@Test
	void admitIdentityWhenAnchorIsOfOtherTrustDomainSaysSo() {
		AccessPolicy policy = new AccessPolicy(null, rules("spiffe://td/a", "api.example.com"));
		assertThat(policy.admitIdentity(spiffePeer("spiffe://td/a"), Set.of("other")))
			.isEqualTo(new Decision.Deny(Reason.IDENTITY_NOT_ALLOWED,
					"presented spiffe://td/a through an anchor that is not one of its trust domain, "
							+ "allowed are spiffe://td/a, dns:api.example.com"));
	}

	@Test
	void admitIdentityWhenAnyIsTrustedDoesNotAskForTrustDomain() {
		assertThat(new AccessPolicy(null, null).admitIdentity(spiffePeer("spiffe://td/a"), Set.of()).isAllowed())
			.isTrue();
	}

	@Test
	void trustDomainsAreThoseOfRulesAboutSpiffeIds() {
		assertThat(new AccessPolicy(null, rules("spiffe://a/x", "spiffe://b/**", "spiffe://a/y", "api.example.com"))
			.trustDomains()).containsExactlyInAnyOrder("a", "b");
		assertThat(new AccessPolicy(null, null).trustDomains()).isEmpty();
		assertThat(AuthorityRules.parse(List.of("spiffe://c/x = A", "cn:x = B")).trustDomains()).containsExactly("c");
	}

	private static PeerIdentity spiffePeer(String id) {
		return new PeerIdentity("CN=client", "client", List.of(), List.of(), List.of(id), List.of(), List.of(),
				SpiffeId.parse(id), BigInteger.ONE, "CN=ca", "0".repeat(64), "0".repeat(64), Instant.EPOCH,
				Instant.EPOCH);
	}

	private static AddressSet networks(String... networks) {
		AddressSet.Builder builder = AddressSet.builder();
		for (String network : networks) {
			builder.add(network);
		}
		return builder.build();
	}

	private static List<IdentityPattern> rules(String... rules) {
		return List.of(rules).stream().map(IdentityPattern::parse).toList();
	}

	private static PeerIdentity peer(String dnsName) {
		return peer(List.of(dnsName), "client");
	}

	private static PeerIdentity peer(List<String> dnsNames, String commonName) {
		return new PeerIdentity("CN=client", commonName, List.of(), dnsNames, List.of(), List.of(), List.of(), null,
				BigInteger.ONE, "CN=ca", "0".repeat(64), "0".repeat(64), Instant.EPOCH, Instant.EPOCH);
	}

}
