package dev.mtls.sample;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.web.client.HttpClientErrorException;
import org.springframework.web.client.ResourceAccessException;
import org.springframework.web.client.RestClient;

import dev.mtls.boot.test.ClientOf;
import dev.mtls.boot.test.MtlsTest;
import dev.mtls.boot.test.MtlsTestClients;
import dev.mtls.boot.test.TestPeer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for {@link AdminController}.
 */
@MtlsTest(clientNames = "spiffe://dev.local/admin")
class AdminControllerTests {

	@Test
	void reportIsForAdministrators(@ClientOf(TestPeer.TRUSTED) RestClient client) {
		assertThat(client.get().uri("/admin/report").retrieve().body(String.class))
			.contains("spiffe://dev.local/admin");
	}

	@Test
	void reportIsForNobodyElse(@ClientOf(TestPeer.WRONG_NAME) RestClient client) {
		assertThatExceptionOfType(HttpClientErrorException.Forbidden.class)
			.isThrownBy(() -> client.get().uri("/admin/report").retrieve().body(String.class));
	}

	@ParameterizedTest
	@EnumSource(names = { "EXPIRED", "REVOKED", "UNTRUSTED" })
	void connectionIsRefused(TestPeer peer, @Autowired MtlsTestClients clients) {
		assertThatExceptionOfType(ResourceAccessException.class)
			.isThrownBy(() -> clients.restClient(peer).get().uri("/public/ping").retrieve().body(String.class));
	}

}
