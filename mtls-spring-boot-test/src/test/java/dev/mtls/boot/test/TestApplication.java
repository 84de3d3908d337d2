package dev.mtls.boot.test;

import java.security.Principal;

import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.security.core.Authentication;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

import dev.mtls.boot.web.ClientCert;
import dev.mtls.boot.web.RequireClientCert;

/**
 * An application of Spring MVC or WebFlux.
 */
@SpringBootConfiguration(proxyBeanMethods = false)
@EnableAutoConfiguration
class TestApplication {

	/**
	 * Has the application do without Spring Security.
	 */
	static final String WITHOUT_SECURITY = "spring.autoconfigure.exclude="
			+ "org.springframework.boot.security.autoconfigure.SecurityAutoConfiguration,"
			+ "org.springframework.boot.security.autoconfigure.UserDetailsServiceAutoConfiguration,"
			+ "org.springframework.boot.security.autoconfigure.ReactiveUserDetailsServiceAutoConfiguration,"
			+ "org.springframework.boot.security.autoconfigure.web.servlet.SecurityFilterAutoConfiguration,"
			+ "org.springframework.boot.security.autoconfigure.web.servlet.ServletWebSecurityAutoConfiguration,"
			+ "org.springframework.boot.security.autoconfigure.web.reactive.ReactiveWebSecurityAutoConfiguration,"
			+ "dev.mtls.boot.autoconfigure.MtlsSecurityAutoConfiguration,"
			+ "dev.mtls.boot.autoconfigure.MtlsSecurityFilterChainAutoConfiguration";

	static final String REACTIVE = "spring.main.web-application-type=reactive";

	/**
	 * Tells callers who they are.
	 */
	@RestController
	static class Controller {

		@GetMapping("/whoami")
		String whoAmI(@ClientCert String caller) {
			return caller;
		}

		@GetMapping("/admin")
		@RequireClientCert(allowed = "dns:admin.example")
		String admin() {
			return "admin";
		}

		@GetMapping("/public/ping")
		String ping(@ClientCert(required = false) String caller) {
			return "pong " + caller;
		}

		@GetMapping("/authorities")
		String authorities(Principal principal) {
			return ((Authentication) principal).getAuthorities().toString();
		}

	}

}
