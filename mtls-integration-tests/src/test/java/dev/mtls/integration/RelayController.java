package dev.mtls.integration;

import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.client.RestClient;

/**
 * Calls a URL with the application's own client certificate.
 */
@RestController
class RelayController {

	private final RestClient restClient;

	RelayController(RestClient.Builder restClientBuilder) {
		this.restClient = restClientBuilder.build();
	}

	@GetMapping(path = "/relay", produces = MediaType.TEXT_PLAIN_VALUE)
	String relay(@RequestParam String url) {
		return this.restClient.get().uri(url).retrieve().requiredBody(String.class);
	}

}
