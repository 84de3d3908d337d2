package dev.mtls.integration;

import java.security.Principal;
import java.util.stream.Collectors;

import org.jspecify.annotations.Nullable;
import org.springframework.http.MediaType;
import org.springframework.security.authentication.AnonymousAuthenticationToken;
import org.springframework.security.core.Authentication;
import org.springframework.security.core.GrantedAuthority;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/**
 * Answers with the name and the authorities of whoever is authenticated.
 */
@RestController
class WhoController {

	static final String NOBODY = "nobody";

	@GetMapping(path = { "/who", "/public", "/admin", "/x509", "/bound" }, produces = MediaType.TEXT_PLAIN_VALUE)
	String who(@Nullable Principal principal) {
		// A servlet container knows no anonymous principal
		return (principal instanceof Authentication authentication
				&& !(principal instanceof AnonymousAuthenticationToken)) ? describe(authentication) : NOBODY;
	}

	@PostMapping(path = "/change", produces = MediaType.TEXT_PLAIN_VALUE)
	String change(@Nullable Principal principal) {
		return who(principal);
	}

	@GetMapping(path = "/later", produces = MediaType.TEXT_PLAIN_VALUE)
	Mono<String> later(@Nullable Principal principal) {
		return Mono.fromCallable(() -> who(principal)).subscribeOn(Schedulers.boundedElastic());
	}

	private static String describe(Authentication authentication) {
		return authentication.getAuthorities()
			.stream()
			.map(GrantedAuthority::getAuthority)
			.collect(Collectors.joining(" ", authentication.getName() + ": ", ""));
	}

}
