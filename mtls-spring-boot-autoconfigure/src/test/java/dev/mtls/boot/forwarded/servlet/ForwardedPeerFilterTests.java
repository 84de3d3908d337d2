package dev.mtls.boot.forwarded.servlet;

import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;

import jakarta.servlet.http.HttpServletRequest;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.mock.web.MockFilterChain;
import org.springframework.mock.web.MockHttpServletRequest;
import org.springframework.mock.web.MockHttpServletResponse;

import dev.mtls.address.AddressSet;
import dev.mtls.address.Cidr;
import dev.mtls.boot.forwarded.AddressHeader;
import dev.mtls.boot.forwarded.ForwardedAddress;
import dev.mtls.boot.forwarded.ForwardedChain;
import dev.mtls.boot.forwarded.ForwardedFormat;
import dev.mtls.boot.forwarded.ForwardedPeers;
import dev.mtls.boot.forwarded.ForwardingHeaders;
import dev.mtls.boot.web.ExcludedPaths;
import dev.mtls.event.MtlsEvent;
import dev.mtls.gate.Gate;
import dev.mtls.gate.GateSettings;
import dev.mtls.gate.SnapshotLocations;
import dev.mtls.identity.IdentityPattern;
import dev.mtls.policy.ProxyPolicy;
import dev.mtls.test.TestAuthority;
import dev.mtls.test.TestCertificate;
import dev.mtls.tls.TlsProfile;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link ForwardedPeerFilter}.
 */
class ForwardedPeerFilterTests {

	private static final String CERTIFICATES = "jakarta.servlet.request.X509Certificate";

	private static final TestAuthority AUTHORITY = TestAuthority.create();

	private static final TestCertificate ALICE = AUTHORITY.client("alice");

	private static final TestCertificate BOB = AUTHORITY.client("bob");

	private static final TestCertificate PROXY = AUTHORITY.client("proxy");

	private final List<MtlsEvent> events = new ArrayList<>();

	private final MockFilterChain chain = new MockFilterChain();

	private final ProxyPolicy proxies = new ProxyPolicy(List.of(IdentityPattern.parse("dns:proxy")),
			AddressSet.of(List.of(Cidr.parse("10.0.0.0/8"))), false);

	private final Gate gate = gate();

	@Test
	void requestOfAProxyIsThatOfItsClient() throws Exception {
		MockHttpServletRequest request = request(PROXY, "10.0.0.1");
		request.addHeader("X-Client-Cert", escaped(ALICE));
		request.addHeader("X-Forwarded-For", "1.2.3.4, 203.0.113.7, 10.0.0.2");
		request.addHeader("X-Forwarded-Proto", "https");
		request.addHeader("SSL_CLIENT_CERT", escaped(BOB));
		assertThat(filter(request).getStatus()).isEqualTo(200);
		HttpServletRequest served = served();
		assertThat((X509Certificate[]) served.getAttribute(CERTIFICATES)).containsExactly(ALICE.certificate());
		assertThat(served.getRemoteAddr()).isEqualTo("203.0.113.7");
		assertThat(served.getRemoteHost()).isEqualTo("203.0.113.7");
		assertThat(Collections.list(served.getHeaderNames())).containsExactlyInAnyOrder("X-Forwarded-For",
				"X-Forwarded-Proto");
		assertThat(this.events).isEmpty();
	}

	@Test
	void requestOfAClientIsItsOwnWhateverItForwards() throws Exception {
		MockHttpServletRequest request = request(ALICE, "203.0.113.7");
		request.addHeader("X-Client-Cert", escaped(BOB));
		request.addHeader("X-Forwarded-For", "203.0.113.8");
		assertThat(filter(request).getStatus()).isEqualTo(200);
		assertThat((X509Certificate[]) served().getAttribute(CERTIFICATES)).containsExactly(ALICE.certificate());
		assertThat(served().getRemoteAddr()).isEqualTo("203.0.113.7");
		assertThat(served().getHeaderNames().hasMoreElements()).isFalse();
	}

	@Test
	void requestOfAProxyWithoutClientIsUnauthorized() throws Exception {
		assertRefused(filter(request(PROXY, "10.0.0.1")), 401, "certificate-missing");
	}

	@ParameterizedTest
	@ValueSource(strings = { "garbage", "-----BEGIN%20CERTIFICATE-----%0A" })
	void requestOfAProxyThatCannotBeReadIsForbidden(String value) throws Exception {
		MockHttpServletRequest request = request(PROXY, "10.0.0.1");
		request.addHeader("X-Client-Cert", value);
		request.addHeader("X-Forwarded-For", "203.0.113.7");
		assertRefused(filter(request), 403, "certificate-malformed");
	}

	@Test
	void requestOfAProxyWithTwoCertificatesIsForbidden() throws Exception {
		MockHttpServletRequest request = request(PROXY, "10.0.0.1");
		request.addHeader("X-Client-Cert", escaped(ALICE));
		request.addHeader("x-client-cert", escaped(ALICE));
		request.addHeader("X-Forwarded-For", "203.0.113.7");
		assertRefused(filter(request), 403, "certificate-malformed");
	}

	@Test
	void requestOfAProxyForSomebodyWhoIsNotListedIsForbidden() throws Exception {
		assertRefused(forwarded(BOB, "203.0.113.7"), 403, "identity-not-allowed");
	}

	@Test
	void requestOfAProxyForAnotherProxyIsForbidden() throws Exception {
		assertRefused(forwarded(PROXY, "203.0.113.7"), 403, "identity-not-allowed");
	}

	@Test
	void requestOfAProxyForAStrangerIsForbidden() throws Exception {
		assertRefused(forwarded(TestAuthority.create().client("alice"), "203.0.113.7"), 403, "issuer-unknown");
	}

	@Test
	void requestOfAProxyFromElsewhereIsForbidden() throws Exception {
		assertRefused(forwarded(ALICE, "198.51.100.1"), 403, "address-not-allowed");
		assertRefused(forwarded(ALICE, "unknown"), 403, "address-not-allowed");
		assertRefused(forwarded(ALICE, null), 403, "address-not-allowed");
	}

	@Test
	void requestOfSomebodyElseIsForbidden() throws Exception {
		MockHttpServletRequest request = request(BOB, "203.0.113.7");
		request.addHeader("X-Client-Cert", escaped(ALICE));
		assertRefused(filter(request), 403, "identity-not-allowed");
	}

	private MockHttpServletResponse forwarded(TestCertificate client, @Nullable String address) throws Exception {
		this.events.clear();
		MockHttpServletRequest request = request(PROXY, "10.0.0.1");
		request.addHeader("X-Client-Cert", escaped(client));
		if (address != null) {
			request.addHeader("X-Forwarded-For", address);
		}
		return filter(request);
	}

	private MockHttpServletResponse filter(MockHttpServletRequest request) throws Exception {
		MockHttpServletResponse response = new MockHttpServletResponse();
		ForwardedPeers peers = new ForwardedPeers(this.gate, ForwardedChain.of(ForwardedFormat.NGINX, null),
				new ForwardedAddress(AddressHeader.X_FORWARDED_FOR, this.proxies::isIn), ExcludedPaths.NONE);
		new ForwardedPeerFilter(peers, new ForwardingHeaders(true, null), new ForwardingHeaders(false, null))
			.doFilter(request, response, this.chain);
		return response;
	}

	private void assertRefused(MockHttpServletResponse response, int status, String reason) throws Exception {
		assertThat(response.getStatus()).isEqualTo(status);
		assertThat(response.getContentAsString()).contains("\"reason\":\"%s\"".formatted(reason));
		assertThat(this.chain.getRequest()).isNull();
		assertThat(this.events).singleElement()
			.isInstanceOfSatisfying(MtlsEvent.PeerRefused.class,
					(refused) -> assertThat(refused.reason().code()).isEqualTo(reason));
	}

	private HttpServletRequest served() {
		return (HttpServletRequest) Objects.requireNonNull(this.chain.getRequest());
	}

	private Gate gate() {
		TestCertificate server = AUTHORITY.server();
		return Gate.builder(GateSettings.server(true, TlsProfile.defaults()).withProxies(this.proxies),
				SnapshotLocations.builder("mtls.server")
					.pem(server.chainPem(), server.privateKeyPem(), null)
					.trustCertificates(List.of(AUTHORITY.anchorPem()))
					.allowedNetworks(List.of("203.0.113.0/24"))
					.allowedPeers("allowed-clients", List.of("alice"))
					.build())
			.events(this.events::add)
			.open();
	}

	private static MockHttpServletRequest request(TestCertificate peer, String address) {
		MockHttpServletRequest request = new MockHttpServletRequest();
		request.setRemoteAddr(address);
		request.setAttribute(CERTIFICATES, peer.chain().toArray(X509Certificate[]::new));
		return request;
	}

	private static String escaped(TestCertificate certificate) {
		return certificate.certificatePem().replace("\n", "%0A").replace(" ", "%20").replace("+", "%2B");
	}

}
