package dev.mtls.integration;

import java.net.InetAddress;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;

import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.CrossOrigin;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

import dev.mtls.boot.web.ClientAddress;
import dev.mtls.boot.web.RequireClientCert;

/**
 * Requires certificates of its clients, and counts how often it was reached.
 */
@RestController
@RequestMapping(produces = MediaType.TEXT_PLAIN_VALUE)
@RequireClientCert
class GuardedController {

	static final String ADMIN = "spiffe://example.org/admin";

	private final AtomicInteger reached = new AtomicInteger();

	@GetMapping("/guarded/any")
	@CrossOrigin("https://example.org")
	String any() {
		return answer("any");
	}

	@GetMapping("/guarded/admin")
	@RequireClientCert(allowed = { ADMIN, "dns:*.admin.example.org" })
	String admin() {
		return answer("admin");
	}

	@GetMapping("/guarded/later")
	@RequireClientCert(allowed = ADMIN)
	CompletableFuture<String> later() {
		return CompletableFuture.supplyAsync(() -> answer("later"));
	}

	@PostMapping("/guarded/body")
	@RequireClientCert(allowed = ADMIN)
	String body(@RequestBody String body) {
		return answer(body);
	}

	@GetMapping("/guarded/address")
	String address(@ClientAddress InetAddress address) {
		return answer(address.getHostAddress());
	}

	/**
	 * How many requests have reached a method.
	 * @return the number since the start
	 */
	int reached() {
		return this.reached.get();
	}

	private String answer(String text) {
		this.reached.incrementAndGet();
		return text;
	}

}
