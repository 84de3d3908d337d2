package dev.mtls.boot.web.servlet;

import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.InstantSource;
import java.util.List;

import jakarta.servlet.http.HttpServletRequestWrapper;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.mock.web.MockFilterChain;
import org.springframework.mock.web.MockHttpServletRequest;
import org.springframework.mock.web.MockHttpServletResponse;

import dev.mtls.boot.web.ExcludedPaths;
import dev.mtls.gate.Gate;
import dev.mtls.gate.GateSettings;
import dev.mtls.gate.SnapshotLocations;
import dev.mtls.test.PemFiles;
import dev.mtls.test.TestAuthority;
import dev.mtls.tls.TlsProfile;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link GateFilter}, as in a container that is not ours.
 */
class GateFilterTests {

	private final TestAuthority authority = TestAuthority.create();

	private final MockFilterChain chain = new MockFilterChain();

	private GateFilter filter;

	@BeforeEach
	void openGate(@TempDir Path directory) {
		PemFiles server = this.authority.server().writeTo(directory, "server");
		SnapshotLocations locations = SnapshotLocations.builder("mtls.server")
			.pem("file:" + server.certificate(), "file:" + server.privateKey(), null)
			.trustCertificates(List.of("file:" + this.authority.writeTo(directory, "ca")))
			.allowedNetworks(List.of("10.0.0.0/8"))
			.allowedPeers("allowed-clients", List.of("dns:alice"))
			.build();
		this.filter = new GateFilter(Gate.open(GateSettings.server(true, TlsProfile.defaults()), locations,
				InstantSource.system(), (event) -> {
				}), ExcludedPaths.NONE);
	}

	@Test
	void doFilterWhenPeerIsAllowedGoesOn() throws Exception {
		MockHttpServletResponse response = filter("10.1.2.3", "alice");
		assertThat(response.getStatus()).isEqualTo(200);
		assertThat(this.chain.getRequest()).isNotNull();
	}

	@Test
	void doFilterWhenAddressIsNotAllowedIsForbidden() throws Exception {
		assertRefused(filter("11.1.2.3", "alice"), 403, "address-not-allowed");
	}

	@Test
	void doFilterWhenIdentityIsNotAllowedIsForbidden() throws Exception {
		assertRefused(filter("10.1.2.3", "mallory"), 403, "identity-not-allowed");
	}

	@Test
	void doFilterWhenThereIsNoCertificateIsUnauthorized() throws Exception {
		assertRefused(filter("10.1.2.3", ""), 401, "certificate-missing");
	}

	@Test
	void doFilterWhenAnEarlierFilterClaimsAnotherAddressAsksForThatOfTheConnection() throws Exception {
		MockHttpServletRequest request = request("11.1.2.3", "alice");
		MockHttpServletResponse response = new MockHttpServletResponse();
		this.filter.doFilter(new HttpServletRequestWrapper(request) {

			@Override
			public String getRemoteAddr() {
				return "10.1.2.3";
			}

		}, response, this.chain);
		assertRefused(response, 403, "address-not-allowed");
	}

	private void assertRefused(MockHttpServletResponse response, int status, String reason) throws Exception {
		assertThat(response.getStatus()).isEqualTo(status);
		assertThat(response.getContentType()).isEqualTo("application/problem+json");
		assertThat(response.getContentAsString()).contains("\"reason\":\"%s\"".formatted(reason))
			.doesNotContain("alice");
		assertThat(this.chain.getRequest()).isNull();
	}

	private MockHttpServletResponse filter(String address, String name) throws Exception {
		MockHttpServletResponse response = new MockHttpServletResponse();
		this.filter.doFilter(request(address, name), response, this.chain);
		return response;
	}

	private MockHttpServletRequest request(String address, String name) {
		MockHttpServletRequest request = new MockHttpServletRequest();
		request.setRemoteAddr(address);
		if (!name.isEmpty()) {
			request.setAttribute("jakarta.servlet.request.X509Certificate",
					this.authority.client(name).chain().toArray(X509Certificate[]::new));
		}
		return request;
	}

}
