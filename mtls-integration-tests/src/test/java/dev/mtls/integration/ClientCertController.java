package dev.mtls.integration;

import java.security.cert.X509Certificate;
import java.util.Arrays;
import java.util.Optional;

import org.jspecify.annotations.Nullable;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

import dev.mtls.boot.web.ClientCert;
import dev.mtls.identity.PeerIdentity;
import dev.mtls.identity.SpiffeId;

/**
 * Takes {@link ClientCert} in each of its types, and answers with what it got.
 */
@RestController
@RequestMapping(produces = MediaType.TEXT_PLAIN_VALUE)
class ClientCertController {

	static final String NOTHING = "nothing";

	@GetMapping("/required/identity")
	String identity(@ClientCert PeerIdentity value) {
		return text(value);
	}

	@GetMapping("/required/certificate")
	String certificate(@ClientCert X509Certificate value) {
		return text(value);
	}

	@GetMapping("/required/chain")
	String chain(@ClientCert X509Certificate[] value) {
		return text(value);
	}

	@GetMapping("/required/spiffe-id")
	String spiffeId(@ClientCert SpiffeId value) {
		return text(value);
	}

	@GetMapping("/required/name")
	String name(@ClientCert String value) {
		return text(value);
	}

	@GetMapping("/optional/identity")
	String optionalIdentity(@ClientCert Optional<PeerIdentity> value) {
		return text(value.orElse(null));
	}

	@GetMapping("/optional/certificate")
	String optionalCertificate(@ClientCert Optional<X509Certificate> value) {
		return text(value.orElse(null));
	}

	@GetMapping("/optional/chain")
	String optionalChain(@ClientCert Optional<X509Certificate[]> value) {
		return text(value.orElse(null));
	}

	@GetMapping("/optional/spiffe-id")
	String optionalSpiffeId(@ClientCert Optional<SpiffeId> value) {
		return text(value.orElse(null));
	}

	@GetMapping("/optional/name")
	String optionalName(@ClientCert Optional<String> value) {
		return text(value.orElse(null));
	}

	@GetMapping("/nullable/identity")
	String nullableIdentity(@ClientCert(required = false) @Nullable PeerIdentity value) {
		return text(value);
	}

	@GetMapping("/nullable/certificate")
	String nullableCertificate(@ClientCert(required = false) @Nullable X509Certificate value) {
		return text(value);
	}

	@GetMapping("/nullable/chain")
	String nullableChain(@ClientCert(required = false) X509Certificate @Nullable [] value) {
		return text(value);
	}

	@GetMapping("/nullable/spiffe-id")
	String nullableSpiffeId(@ClientCert(required = false) @Nullable SpiffeId value) {
		return text(value);
	}

	@GetMapping("/nullable/name")
	String nullableName(@ClientCert(required = false) @Nullable String value) {
		return text(value);
	}

	private static String text(@Nullable Object value) {
		if (value instanceof PeerIdentity identity) {
			return "identity " + identity.subject();
		}
		if (value instanceof X509Certificate certificate) {
			return "certificate " + subject(certificate);
		}
		if (value instanceof X509Certificate[] chain) {
			return "chain " + Arrays.stream(chain).map(ClientCertController::subject).toList();
		}
		if (value instanceof SpiffeId spiffeId) {
			return "spiffe-id " + spiffeId;
		}
		return (value != null) ? "name " + value : NOTHING;
	}

	private static String subject(X509Certificate certificate) {
		return certificate.getSubjectX500Principal().getName();
	}

}
