package dev.mtls.boot.security;

import java.security.cert.X509Certificate;
import java.util.List;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;

import dev.mtls.gate.Gate;
import dev.mtls.gate.GateSettings;
import dev.mtls.gate.Rules;
import dev.mtls.gate.SnapshotLocations;
import dev.mtls.identity.IdentityPattern;
import dev.mtls.policy.AccessPolicy;
import dev.mtls.test.TestAuthority;
import dev.mtls.test.TestCertificate;
import dev.mtls.tls.TlsProfile;

/**
 * A gate that wants certificates and admits any client of an authority, until that
 * changes.
 */
final class SecuredGate {

	private final TestAuthority authority = TestAuthority.create();

	private final Gate gate;

	private @Nullable List<IdentityPattern> allowed;

	/**
	 * Open a gate.
	 * @param authorities authorities by identity
	 */
	SecuredGate(String... authorities) {
		TestCertificate server = this.authority.server();
		this.gate = Gate
			.builder(GateSettings.server(false, TlsProfile.defaults()),
					SnapshotLocations.builder("mtls.server")
						.pem(server.chainPem(), server.privateKeyPem(), null)
						.trustCertificates(List.of(this.authority.anchorPem()))
						.authorities((authorities.length > 0) ? List.of(authorities) : null)
						.build())
			.rules((rules) -> new Rules(new AccessPolicy(null, this.allowed), rules.pins(), rules.authorities()))
			.open();
	}

	Gate gate() {
		return this.gate;
	}

	TestAuthority authority() {
		return this.authority;
	}

	/**
	 * Issue the certificate of a client.
	 * @param names its names
	 * @return its chain
	 */
	X509Certificate[] client(String... names) {
		return this.authority.client(names).chain().toArray(X509Certificate[]::new);
	}

	/**
	 * Admit nobody else from now on.
	 * @param rules the rules of those who are admitted
	 */
	void allowOnly(String... rules) {
		this.allowed = Stream.of(rules).map(IdentityPattern::parse).toList();
		this.gate.reload();
	}

}
