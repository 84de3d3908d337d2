package dev.mtls.boot.security;

import java.security.Principal;

import org.jspecify.annotations.Nullable;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/**
 * Answers with the name of whoever is authenticated.
 */
@RestController
class ResourceController {

	static final String NOBODY = "nobody";

	@GetMapping(path = { "/public", "/private", "/admin" }, produces = MediaType.TEXT_PLAIN_VALUE)
	String get(@Nullable Principal principal) {
		return (principal != null) ? principal.getName() : NOBODY;
	}

}
