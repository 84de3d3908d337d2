package dev.mtls.sample;

import java.io.IOException;
import java.io.InputStream;

import jakarta.servlet.http.HttpServletRequest;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.client.RestClient;

import dev.mtls.boot.web.ClientCert;
import dev.mtls.identity.PeerIdentity;

/**
 * Tells callers who they are.
 */
@RestController
class SampleController {

	private final RestClient restClient;

	SampleController(RestClient.Builder restClientBuilder) {
		this.restClient = restClientBuilder.build();
	}

	// Needs no certificate: mtls.server.excluded-paths
	@GetMapping(path = "/public/ping", produces = MediaType.TEXT_PLAIN_VALUE)
	String ping() {
		return "pong";
	}

	@GetMapping("/whoami")
	WhoAmI whoAmI(@ClientCert PeerIdentity caller, HttpServletRequest request) {
		return WhoAmI.of(caller, request.getRemoteAddr());
	}

	// The stream and no @RequestBody, which encodes the fields of a form anew
	@PostMapping(path = "/echo", produces = MediaType.APPLICATION_OCTET_STREAM_VALUE)
	byte[] echo(InputStream body) throws IOException {
		return body.readAllBytes();
	}

	// Calls this application's own /whoami with the application's own client certificate
	@GetMapping(path = "/relay", produces = MediaType.APPLICATION_JSON_VALUE)
	String relay(HttpServletRequest request) {
		return this.restClient.get()
			.uri("https://localhost:{port}/whoami", request.getLocalPort())
			.retrieve()
			.requiredBody(String.class);
	}

}
