package dev.mtls.integration;

import java.util.Optional;

import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

import dev.mtls.boot.web.ClientCert;

/**
 * Answers with the display name of the peer and the thread that answers.
 */
@RestController
class ThreadController {

	@GetMapping(path = "/thread", produces = MediaType.TEXT_PLAIN_VALUE)
	String thread(@ClientCert Optional<String> name) {
		return "%s on %s".formatted(name.orElse(PeerController.ANONYMOUS), Thread.currentThread());
	}

}
