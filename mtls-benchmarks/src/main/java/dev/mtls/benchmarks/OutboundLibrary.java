package dev.mtls.benchmarks;

import java.net.URI;
import java.util.concurrent.Callable;

import org.springframework.context.ApplicationContext;
import org.springframework.web.client.RestClient;
import org.springframework.web.reactive.function.client.WebClient;

/**
 * The HTTP library with which a {@link ComparedClient} makes its requests.
 *
 * @param reactive whether with a {@code WebClient}, otherwise with a {@code RestClient}
 * @param library the name of the library, as Spring Boot has it
 */
record OutboundLibrary(boolean reactive, String library) {

	private static final String REACTIVE = "reactive-";

	static OutboundLibrary of(String name) {
		return name.startsWith(REACTIVE) ? new OutboundLibrary(true, name.substring(REACTIVE.length()))
				: new OutboundLibrary(false, name);
	}

	/**
	 * The property that chooses it.
	 * @return the property with its value
	 */
	String property() {
		return (this.reactive ? "spring.http.clients.reactive.connector=" : "spring.http.clients.imperative.factory=")
				+ this.library;
	}

	/**
	 * Make what sends one request and reads its answer.
	 * @param context the application
	 * @param url the address to request
	 * @return returns the body of an answer
	 */
	Callable<String> requester(ApplicationContext context, URI url) {
		if (this.reactive) {
			WebClient client = context.getBean(WebClient.Builder.class).build();
			return () -> String.valueOf(client.get().uri(url).retrieve().bodyToMono(String.class).block());
		}
		RestClient client = context.getBean(RestClient.Builder.class).build();
		return () -> String.valueOf(client.get().uri(url).retrieve().body(String.class));
	}

	@Override
	public String toString() {
		return (this.reactive ? REACTIVE : "") + this.library;
	}

}
