package dev.mtls.benchmarks;

import java.net.InetAddress;
import java.security.KeyPair;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.UnaryOperator;

import dev.mtls.address.Cidr;
import dev.mtls.authority.CertificateRequest;
import dev.mtls.authority.KeyType;
import dev.mtls.gate.Gate;
import dev.mtls.gate.GateSettings;
import dev.mtls.gate.Material;
import dev.mtls.gate.Rules;
import dev.mtls.gate.SnapshotLocations;
import dev.mtls.gate.SnapshotSource;
import dev.mtls.identity.PeerIdentity;
import dev.mtls.material.KeyMaterial;
import dev.mtls.material.TrustMaterial;
import dev.mtls.test.TestAuthority;
import dev.mtls.test.TestCertificate;
import dev.mtls.tls.TlsProfile;

/**
 * Distinct peers, each with a certificate and an address of its own, and a gate with
 * rules of every kind that admits them.
 */
final class GatePeers {

	/**
	 * The rule that admits every peer with an even number.
	 */
	static final String EVEN = "dns:*.even.example.com";

	/**
	 * The rule that admits every peer with an odd number.
	 */
	static final String ODD = "dns:*.odd.example.com";

	private static final int NETWORKS = 10_000;

	private static final int OTHER_RULES = 20;

	private final TestAuthority authority;

	private final Cidr[] networks = AddressFamily.IPV4.networks(NETWORKS);

	private final List<List<X509Certificate>> chains = new ArrayList<>();

	private final InetAddress[] addresses;

	GatePeers(int count) {
		this(TestAuthority.create(), count);
	}

	GatePeers(TestAuthority authority, int count) {
		this.authority = authority;
		TestAuthority issuer = this.authority.intermediate();
		KeyPair key = KeyType.EC_P256.generate();
		for (int i = 0; i < count; i++) {
			String name = "client-%d.%s.example.com".formatted(i, (i % 2 == 0) ? "even" : "odd");
			this.chains.add(issuer.issue(CertificateRequest.client(name).dns(name).keyPair(key).build()).chain());
		}
		this.addresses = AddressFamily.IPV4.peers(this.networks, 1, count);
	}

	int count() {
		return this.chains.size();
	}

	List<X509Certificate> chain(int peer) {
		return this.chains.get(peer);
	}

	InetAddress address(int peer) {
		return this.addresses[peer];
	}

	/**
	 * Open a gate with 10,000 networks, a pin, and 22 identity rules of which the last
	 * two admit the peers.
	 * @param rules replaces the rules
	 * @return the gate
	 */
	Gate open(UnaryOperator<Rules> rules) {
		TestCertificate server = this.authority.server();
		Material material = new Material(KeyMaterial.of("server", server.privateKey(), server.chain()),
				TrustMaterial.of("trust", List.of(this.authority.anchor())));
		List<String> identities = new ArrayList<>();
		for (int i = 0; i < OTHER_RULES; i++) {
			identities.add("spiffe://example.org/ns/%d/sa/*".formatted(i));
		}
		identities.addAll(List.of(EVEN, ODD));
		SnapshotSource source = SnapshotLocations.builder("benchmark")
			.allowedNetworks(Arrays.stream(this.networks).map(Cidr::toString).toList())
			.allowedPeers("allowed-clients", identities)
			.pins(List.of("cert-sha256:" + PeerIdentity.of(this.authority.anchor()).fingerprint()))
			.build()
			.withMaterial(() -> material);
		return Gate.builder(GateSettings.server(true, TlsProfile.defaults()), source).rules(rules).open();
	}

}
