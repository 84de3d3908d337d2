package dev.mtls.boot.client;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.Objects;

import org.springframework.context.ApplicationContext;
import org.springframework.http.HttpMethod;
import org.springframework.web.client.RestClient;
import org.springframework.web.reactive.function.client.WebClient;

/**
 * The ways in which an application sends requests: what it uses, and the library below.
 */
enum HttpLibrary {

	REST_JDK("jdk"), REST_HTTP_COMPONENTS("http-components"), REST_JETTY("jetty"), REST_REACTOR("reactor"),
	WEB_JDK("jdk"), WEB_HTTP_COMPONENTS("http-components"), WEB_JETTY("jetty"), WEB_REACTOR("reactor"),
	HTTP_CLIENT("jdk");

	private final String library;

	HttpLibrary(String library) {
		this.library = library;
	}

	/**
	 * Whether the library tells the address that it connects to.
	 * @return whether it does
	 */
	boolean tellsAddresses() {
		return !this.library.equals("jdk");
	}

	/**
	 * The properties that choose the library.
	 * @return the properties
	 */
	String[] properties() {
		return new String[] { "spring.http.clients.imperative.factory=" + this.library,
				"spring.http.clients.reactive.connector=" + this.library };
	}

	/**
	 * Make what sends requests from the beans of the application, once.
	 * @param context the application
	 * @return sends a request and waits for its answer
	 */
	Requester requester(ApplicationContext context) {
		if (this == HTTP_CLIENT) {
			HttpClient client = context.getBean(HttpClient.class);
			return (method, url) -> client
				.send(HttpRequest.newBuilder(URI.create(url))
					.method(method.name(), HttpRequest.BodyPublishers.noBody())
					.build(), BodyHandlers.ofString())
				.body();
		}
		if (name().startsWith("REST")) {
			RestClient client = context.getBean(RestClient.Builder.class).build();
			return (method, url) -> Objects
				.requireNonNull(client.method(method).uri(url).retrieve().body(String.class));
		}
		WebClient client = context.getBean(WebClient.Builder.class).build();
		return (method, url) -> Objects
			.requireNonNull(client.method(method).uri(url).retrieve().bodyToMono(String.class).block());
	}

	/**
	 * Sends a request and waits for its answer.
	 */
	@FunctionalInterface
	interface Requester {

		String send(HttpMethod method, String url) throws Exception;

		default String get(String url) throws Exception {
			return send(HttpMethod.GET, url);
		}

	}

}
