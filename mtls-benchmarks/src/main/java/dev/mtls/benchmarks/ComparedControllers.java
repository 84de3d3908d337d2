package dev.mtls.benchmarks;

import java.security.cert.X509Certificate;

import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestAttribute;
import org.springframework.web.bind.annotation.RestController;

import dev.mtls.boot.web.ClientCert;
import dev.mtls.identity.PeerIdentity;

/**
 * What is requested of the {@link ComparedApplication}: {@code /hello} looks at no
 * certificate, {@code /whoami} answers with the name of the client.
 */
@Configuration(proxyBeanMethods = false)
@Import({ ComparedControllers.Hello.class, ComparedControllers.ByStarter.class, ComparedControllers.ByHand.class })
class ComparedControllers {

	/**
	 * Looks at no certificate.
	 */
	@RestController
	static class Hello {

		@GetMapping("/hello")
		String hello() {
			return "Hello";
		}

	}

	/**
	 * Takes the certificate from the starter.
	 */
	@RestController
	@ConditionalOnProperty("mtls.server.certificate")
	static class ByStarter {

		@GetMapping("/whoami")
		String whoAmI(@ClientCert PeerIdentity client) {
			return client.subject();
		}

	}

	/**
	 * Takes the certificate from the request.
	 */
	@RestController
	@ConditionalOnProperty("server.ssl.bundle")
	static class ByHand {

		@GetMapping("/whoami")
		String whoAmI(@RequestAttribute("jakarta.servlet.request.X509Certificate") X509Certificate[] chain) {
			return chain[0].getSubjectX500Principal().getName();
		}

	}

}
