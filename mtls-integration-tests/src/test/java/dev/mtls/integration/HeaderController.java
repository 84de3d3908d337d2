package dev.mtls.integration;

import java.util.Collection;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;

import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RestController;

/**
 * Answers with the headers that a controller sees, and keeps the names of those that the
 * first filter of the application sees.
 */
@RestController
class HeaderController {

	private final Collection<String> seenByFilter = new ConcurrentLinkedQueue<>();

	@GetMapping(path = "/headers", produces = MediaType.TEXT_PLAIN_VALUE)
	String headers(@RequestHeader HttpHeaders headers) {
		return headers.toString();
	}

	void seenByFilter(Collection<String> names) {
		this.seenByFilter.addAll(names);
	}

	List<String> drainSeenByFilter() {
		List<String> names = List.copyOf(this.seenByFilter);
		this.seenByFilter.clear();
		return names;
	}

}
