package dev.mtls.trust;

import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

import dev.mtls.authority.CertificateAuthority;
import dev.mtls.authority.CertificateRequest;

/**
 * What a peer presents, and what is trusted.
 *
 * @param chain the presented certificates
 * @param anchors the anchors
 */
record Presented(List<X509Certificate> chain, List<X509Certificate> anchors) {

	static Presented issuedBy(CertificateAuthority authority, CertificateRequest.Builder leaf) {
		return new Presented(Certificates.issue(authority, leaf), List.of(authority.anchor()));
	}

	static Presented itself(X509Certificate certificate) {
		return new Presented(List.of(certificate), List.of(certificate));
	}

	Presented with(X509Certificate... extras) {
		List<X509Certificate> all = new ArrayList<>(this.chain);
		all.addAll(List.of(extras));
		return new Presented(all, this.anchors);
	}

	Presented only(int... indices) {
		return new Presented(Arrays.stream(indices).mapToObj(this.chain::get).toList(), this.anchors);
	}

	Presented trusting(CertificateAuthority... authorities) {
		return new Presented(this.chain, Stream.of(authorities).map(CertificateAuthority::anchor).toList());
	}

	Presented trustingOnly(X509Certificate anchor) {
		return new Presented(this.chain, List.of(anchor));
	}

}
