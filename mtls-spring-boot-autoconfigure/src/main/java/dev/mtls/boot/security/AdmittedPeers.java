package dev.mtls.boot.security;

import java.security.cert.X509Certificate;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

import org.springframework.security.core.GrantedAuthority;
import org.springframework.security.core.authority.FactorGrantedAuthority;
import org.springframework.security.core.authority.SimpleGrantedAuthority;

import dev.mtls.decision.Decision;
import dev.mtls.decision.Reason;
import dev.mtls.decision.Verdict;
import dev.mtls.gate.Admission;
import dev.mtls.gate.Gate;
import dev.mtls.trust.VerifiedPeer;

/**
 * Asks the gate who the peer of a request is, and collects its authorities.
 */
final class AdmittedPeers {

	private final Gate gate;

	private final List<AuthoritiesMapper> mappers;

	AdmittedPeers(Gate gate, List<AuthoritiesMapper> mappers) {
		this.gate = gate;
		this.mappers = List.copyOf(mappers);
	}

	AdmittedPeers with(List<AuthoritiesMapper> others) {
		return new AdmittedPeers(this.gate, Stream.concat(this.mappers.stream(), others.stream()).toList());
	}

	/**
	 * Ask the gate, at each request. The address is not asked again: it was decided on
	 * before, and behind a proxy the request's is not the client's.
	 * @param chain the chain of the connection's session; empty if the peer presented
	 * none
	 * @return the peer
	 * @throws MtlsAuthenticationException if there is none, or it is not admitted
	 */
	AdmittedPeer admit(List<X509Certificate> chain) {
		if (chain.isEmpty()) {
			throw new MtlsAuthenticationException(
					new Decision.Deny(Reason.CERTIFICATE_MISSING, "The peer presented no certificate"));
		}
		Verdict<Admission> verdict = this.gate.admitRequest(chain, null);
		if (verdict instanceof Verdict.Refused<Admission> refused) {
			throw new MtlsAuthenticationException(refused.denial());
		}
		Admission admission = ((Verdict.Accepted<Admission>) verdict).value();
		VerifiedPeer peer = admission.peer();
		if (peer == null) {
			throw new IllegalStateException("Only a peer without certificate is anonymous");
		}
		return new AdmittedPeer(peer.identity(), chain.get(0), authorities(admission.authorities(), peer));
	}

	private Set<GrantedAuthority> authorities(Set<String> configured, VerifiedPeer peer) {
		Set<GrantedAuthority> authorities = new LinkedHashSet<>();
		authorities.add(FactorGrantedAuthority.fromAuthority(FactorGrantedAuthority.X509_AUTHORITY));
		configured.stream().sorted().map(SimpleGrantedAuthority::new).forEach(authorities::add);
		this.mappers.forEach((mapper) -> authorities.addAll(mapper.authoritiesOf(peer)));
		return authorities;
	}

}
