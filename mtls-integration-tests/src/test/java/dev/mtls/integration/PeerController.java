package dev.mtls.integration;

import java.net.InetAddress;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;

import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

import dev.mtls.address.AddressText;
import dev.mtls.boot.web.ClientAddress;
import dev.mtls.boot.web.ClientCert;

/**
 * Answers with the display name of the peer, and counts how often it was asked.
 */
@RestController
class PeerController {

	static final String ANONYMOUS = "anonymous";

	private final AtomicInteger requests = new AtomicInteger();

	@GetMapping(path = "/peer", produces = MediaType.TEXT_PLAIN_VALUE)
	String peer(@ClientCert Optional<String> name) {
		this.requests.incrementAndGet();
		return name.orElse(ANONYMOUS);
	}

	@GetMapping(path = "/address", produces = MediaType.TEXT_PLAIN_VALUE)
	String address(@ClientAddress InetAddress address) {
		return AddressText.of(address);
	}

	int requests() {
		return this.requests.get();
	}

}
