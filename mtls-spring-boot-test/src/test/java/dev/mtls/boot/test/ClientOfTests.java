package dev.mtls.boot.test;

import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.springframework.beans.BeansException;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.beans.factory.config.AutowireCapableBeanFactory;
import org.springframework.context.ApplicationContext;
import org.springframework.test.web.reactive.server.WebTestClient;
import org.springframework.web.client.ResourceAccessException;
import org.springframework.web.client.RestClient;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for {@link ClientOf}, with a context path and without rules.
 */
@MtlsTest(properties = { "server.servlet.context-path=/app", TestApplication.WITHOUT_SECURITY })
@SuppressWarnings("NullAway.Init")
class ClientOfTests {

	@ClientOf(TestPeer.TRUSTED)
	private RestClient restClient;

	@ClientOf(TestPeer.EXPIRED)
	private RestClient expired;

	@ClientOf(TestPeer.TRUSTED)
	private WebTestClient webTestClient;

	@Test
	void fieldIsTheClientOfItsPeer() {
		assertThat(this.restClient.get().uri("/whoami").retrieve().body(String.class)).isEqualTo("client");
		assertThatExceptionOfType(ResourceAccessException.class)
			.isThrownBy(() -> this.expired.get().uri("/whoami").retrieve().toBodilessEntity());
		this.webTestClient.get().uri("/whoami").exchange().expectBody(String.class).isEqualTo("client");
	}

	@Test
	void parameterIsTheClientOfItsPeer(@ClientOf(TestPeer.TRUSTED) HttpClient client,
			@Autowired MtlsTestClients clients) throws Exception {
		assertThat(client).isSameAs(clients.httpClient(TestPeer.TRUSTED))
			.isNotSameAs(clients.httpClient(TestPeer.EXPIRED));
		HttpRequest request = HttpRequest.newBuilder(clients.uri("/whoami")).build();
		assertThat(client.send(request, BodyHandlers.ofString()).body()).isEqualTo("client");
	}

	@Test
	void peerWithAnotherNameWhenThereAreNoRulesGetsIn(@ClientOf(TestPeer.WRONG_NAME) RestClient client) {
		assertThat(client.get().uri("/whoami").retrieve().body(String.class)).isEqualTo("wrong.example");
	}

	@Test
	void applicationDoesNotFindTheClients(@Autowired ApplicationContext context) {
		assertThat(context.getBeanNamesForType(RestClient.class)).isEmpty();
		assertThat(context.getBeanNamesForType(HttpClient.class)).isEmpty();
		assertThat(context.getBeanNamesForType(WebTestClient.class)).isEmpty();
	}

	@Test
	void fieldWhenItsTypeIsNoClientFails(@Autowired AutowireCapableBeanFactory beanFactory) {
		assertThatExceptionOfType(BeansException.class).isThrownBy(() -> beanFactory.createBean(Wrong.class))
			.havingRootCause()
			.withMessageContaining("use RestClient, WebTestClient or HttpClient");
	}

	/**
	 * What asks for a client that there is not.
	 */
	static class Wrong {

		@ClientOf(TestPeer.TRUSTED)
		@Nullable String client;

	}

}
