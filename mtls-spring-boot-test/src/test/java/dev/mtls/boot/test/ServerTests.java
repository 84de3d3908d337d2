package dev.mtls.boot.test;

import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.web.server.context.WebServerApplicationContext;

import dev.mtls.test.TestAuthority;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

/**
 * What holds with every server: each client as each peer.
 */
abstract class ServerTests {

	static final String NAME = "orders.example";

	static final String RULE = "mtls.server.allowed-clients=dns:orders.example,dns:ad-hoc.example";

	@Autowired
	private MtlsTestClients clients;

	@Autowired
	private TestAuthority authority;

	/**
	 * The server.
	 * @return what the simple name of its class begins with
	 */
	abstract String server();

	@Test
	void serverIsTheOneThatIsMeant(@Autowired WebServerApplicationContext context) {
		assertThat(context.getWebServer()).extracting((running) -> running.getClass().getSimpleName())
			.asString()
			.startsWith(server());
	}

	@ParameterizedTest
	@EnumSource
	void clientWhenItsPeerIsTrustedGetsIn(Client client) throws Exception {
		assertThat(client.get(this.clients, TestPeer.TRUSTED, "/whoami")).isEqualTo(NAME);
	}

	@ParameterizedTest
	@MethodSource("refusals")
	void clientWhenItsPeerIsRefusedFails(Client client, TestPeer peer) {
		assertThat(catchThrowable(() -> client.get(this.clients, peer, "/whoami"))).isInstanceOf(client.failure());
	}

	@Test
	void clientWithAnyOtherCertificateIsJudgedByIt() {
		assertThat(this.clients.restClient(this.authority.client("ad-hoc.example"))
			.get()
			.uri("/whoami")
			.retrieve()
			.body(String.class)).isEqualTo("ad-hoc.example");
	}

	static Stream<Arguments> refusals() {
		List<TestPeer> refused = Arrays.stream(TestPeer.values()).filter((peer) -> peer != TestPeer.TRUSTED).toList();
		return Arrays.stream(Client.values())
			.flatMap((client) -> refused.stream().map((peer) -> Arguments.of(client, peer)));
	}

}
