package dev.mtls.boot.security;

import java.security.cert.X509Certificate;
import java.util.List;

import org.springframework.security.authentication.AbstractAuthenticationToken;

import dev.mtls.decision.PrintableText;

/**
 * What a peer presented and the gate has yet to decide on.
 */
final class MtlsAuthenticationRequest extends AbstractAuthenticationToken {

	private final transient List<X509Certificate> chain;

	MtlsAuthenticationRequest(List<X509Certificate> chain) {
		super(List.of());
		this.chain = List.copyOf(chain);
	}

	List<X509Certificate> chain() {
		return this.chain;
	}

	/**
	 * The subject that the certificate claims, for events and logs alone.
	 */
	@Override
	public String getPrincipal() {
		return PrintableText.of(this.chain.get(0).getSubjectX500Principal().getName());
	}

	@Override
	public X509Certificate getCredentials() {
		return this.chain.get(0);
	}

}
