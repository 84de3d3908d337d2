package dev.mtls.integration;

import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;

import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

import dev.mtls.boot.web.ClientCert;

/**
 * Answers with the display name of the peer, but not before it is told to.
 */
@RestController
class WaitController {

	private final Queue<Waiting> waiting = new ConcurrentLinkedQueue<>();

	@GetMapping(path = "/wait", produces = MediaType.TEXT_PLAIN_VALUE)
	CompletableFuture<String> await(@ClientCert Optional<String> name) {
		Waiting request = new Waiting(name.orElse(PeerController.ANONYMOUS), new CompletableFuture<>());
		this.waiting.add(request);
		return request.answer();
	}

	/**
	 * How many requests wait.
	 * @return those that have reached the controller since the last release
	 */
	int waiting() {
		return this.waiting.size();
	}

	/**
	 * Answer all that wait.
	 */
	void release() {
		for (Waiting request = this.waiting.poll(); request != null; request = this.waiting.poll()) {
			request.answer().complete(request.name());
		}
	}

	/**
	 * A request without an answer.
	 */
	private record Waiting(String name, CompletableFuture<String> answer) {
	}

}
