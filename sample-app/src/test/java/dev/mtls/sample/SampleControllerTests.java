package dev.mtls.sample;

import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.context.ApplicationContext;
import org.springframework.web.client.RestClient;

import dev.mtls.boot.dev.DevCertificates;
import dev.mtls.boot.test.ClientOf;
import dev.mtls.boot.test.MtlsTest;
import dev.mtls.boot.test.TestPeer;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link SampleController}.
 */
@MtlsTest(clientNames = "spiffe://dev.local/admin")
class SampleControllerTests {

	@Test
	void whoAmITellsTheNameOfTheClient(@ClientOf(TestPeer.TRUSTED) RestClient client) {
		assertThat(client.get().uri("/whoami").retrieve().body(WhoAmI.class)).extracting(WhoAmI::spiffeId)
			.isEqualTo("spiffe://dev.local/admin");
	}

	@Test
	void relayCallsWithTheClientOfTheApplication(@ClientOf(TestPeer.WRONG_NAME) RestClient client) {
		assertThat(client.get().uri("/relay").retrieve().body(WhoAmI.class)).extracting(WhoAmI::spiffeId)
			.isEqualTo("spiffe://dev.local/admin");
	}

	@Test
	void pingNeedsNoCertificate(@ClientOf(TestPeer.WITHOUT_CERTIFICATE) RestClient client) {
		assertThat(client.get().uri("/public/ping").retrieve().body(String.class)).isEqualTo("pong");
	}

	@Test
	void certificatesForDevelopmentAreNotMade(@Autowired ApplicationContext context) {
		assertThat(context.getBeanNamesForType(DevCertificates.class)).isEmpty();
	}

}
