package dev.mtls.boot.actuate;

import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

import org.jspecify.annotations.Nullable;

import dev.mtls.boot.actuate.GateHealth.CrlDescriptor;
import dev.mtls.boot.actuate.GateHealth.ResponderDescriptor;
import dev.mtls.gate.Gate;
import dev.mtls.gate.GateSettings;
import dev.mtls.gate.LiveConnection;
import dev.mtls.gate.ReloadStatus;
import dev.mtls.gate.Rules;
import dev.mtls.identity.PeerIdentity;
import dev.mtls.material.KeyMaterial;
import dev.mtls.material.TrustMaterial;
import dev.mtls.revocation.RevocationPolicy;

/**
 * What operators are shown of a gate. There is no secret in it.
 *
 * @param peers what the peers are
 * @param certificateRequired whether a peer without certificate is refused
 * @param reportOnly whether refusals by rules are only told
 * @param generation the number of the current generation
 * @param loaded when it was loaded
 * @param reloadError why what is there now cannot be loaded, or {@code null}
 * @param identity the own certificate and its chain, or {@code null} if there is none
 * @param trust the trust anchors
 * @param rules the rules in force
 * @param revocation where revocation is looked up, and what is known
 * @param tls what may be negotiated
 * @param connections the connections that stand
 * @param counts what happened since the start
 */
public record GateDescriptor(String peers, boolean certificateRequired, boolean reportOnly, long generation,
		Instant loaded, @Nullable String reloadError, @Nullable IdentityDescriptor identity, TrustDescriptor trust,
		RulesDescriptor rules, RevocationDescriptor revocation, TlsDescriptor tls, ConnectionsDescriptor connections,
		Map<String, Long> counts) {

	static GateDescriptor of(Gate gate, Map<String, Long> counts, Instant now) {
		GateSettings settings = gate.settings();
		ReloadStatus reload = gate.reloadStatus();
		return new GateDescriptor(settings.peerRole().toString(), settings.certificateRequired(), settings.reportOnly(),
				gate.generation(), reload.loaded(),
				(reload.failure() != null) ? String.valueOf(reload.failure().getMessage()) : null,
				IdentityDescriptor.of(gate.snapshot().key(), now), TrustDescriptor.of(gate.snapshot().trust(), now),
				RulesDescriptor.of(gate.rules()), RevocationDescriptor.of(gate, now),
				new TlsDescriptor(settings.tls().protocols(), settings.tls().cipherSuites(),
						settings.tls().namedGroups()),
				ConnectionsDescriptor.of(gate.connections()), counts);
	}

	/**
	 * The own certificate.
	 *
	 * @param place where it is from
	 * @param keyAlgorithm the algorithm of its key
	 * @param chain the certificate and those that are sent with it
	 */
	public record IdentityDescriptor(String place, String keyAlgorithm, List<CertificateDescriptor> chain) {

		static @Nullable IdentityDescriptor of(@Nullable KeyMaterial key, Instant now) {
			return (key != null) ? new IdentityDescriptor(key.place(), key.leaf().getPublicKey().getAlgorithm(),
					CertificateDescriptor.of(key.chain(), now)) : null;
		}

	}

	/**
	 * The trust anchors.
	 *
	 * @param place where they are from
	 * @param anchors the certificates of those that are configured
	 * @param platformAnchors how many there are of the Java platform besides
	 */
	public record TrustDescriptor(String place, List<CertificateDescriptor> anchors, int platformAnchors) {

		static TrustDescriptor of(TrustMaterial trust, Instant now) {
			List<X509Certificate> configured = trust.configuredAnchors();
			return new TrustDescriptor(trust.place(), CertificateDescriptor.of(configured, now),
					trust.anchors().size() - configured.size());
		}

	}

	/**
	 * The rules in force.
	 *
	 * @param allowedNetworks where peers may be, or {@code null} for anywhere
	 * @param allowedPeers who peers may be, or {@code null} for any trusted certificate
	 * @param pins how many keys and certificates are pinned
	 * @param authorities who has which authorities
	 */
	public record RulesDescriptor(@Nullable String allowedNetworks, @Nullable List<String> allowedPeers, int pins,
			List<String> authorities) {

		static RulesDescriptor of(Rules rules) {
			return new RulesDescriptor(
					(rules.access().allowedNetworks() != null) ? rules.access().allowedNetworks().toString() : null,
					(rules.access().allowedPeers() != null)
							? rules.access().allowedPeers().stream().map(Object::toString).toList() : null,
					rules.pins().keyDigests().size() + rules.pins().fingerprints().size(),
					rules.authorities()
						.rules()
						.stream()
						.map((rule) -> "%s = %s".formatted(rule.pattern(), String.join(", ", rule.authorities())))
						.toList());
		}

	}

	/**
	 * Where revocation is looked up, and what is known.
	 *
	 * @param mode what happens to a peer of which nothing is known, {@code off} if
	 * revocation is not looked up
	 * @param scope which certificates are looked up
	 * @param crls the CRLs that are held
	 * @param ocspResponders the responders that were asked
	 */
	public record RevocationDescriptor(String mode, String scope, List<CrlDescriptor> crls,
			List<ResponderDescriptor> ocspResponders) {

		static RevocationDescriptor of(Gate gate, Instant now) {
			RevocationPolicy policy = gate.settings().revocation();
			return new RevocationDescriptor(policy.isOn() ? policy.mode().toString() : "off", policy.scope().toString(),
					gate.revocation()
						.crls()
						.crls()
						.stream()
						.map((crl) -> CrlDescriptor.of(crl, policy.maxAge(), now))
						.toList(),
					gate.ocspResponders().stream().map(ResponderDescriptor::of).toList());
		}

	}

	/**
	 * What may be negotiated.
	 *
	 * @param protocols the protocols
	 * @param cipherSuites the cipher suites, those of the TLS engine if empty
	 * @param namedGroups the named groups, those of the TLS engine if empty
	 */
	public record TlsDescriptor(List<String> protocols, List<String> cipherSuites, List<String> namedGroups) {

	}

	/**
	 * The connections that stand.
	 *
	 * @param total how many
	 * @param identities how many of each peer, of no more than
	 * {@value ConnectionsDescriptor#MAX_IDENTITIES} peers
	 */
	public record ConnectionsDescriptor(int total, Map<String, Long> identities) {

		static final int MAX_IDENTITIES = 1000;

		private static final String NONE = "(no certificate)";

		static ConnectionsDescriptor of(Collection<LiveConnection> connections) {
			Map<String, Long> identities = new TreeMap<>();
			int total = 0;
			for (LiveConnection connection : connections) {
				PeerIdentity identity = connection.identity();
				String name = (identity != null) ? identity.displayName() : NONE;
				if (identities.size() < MAX_IDENTITIES || identities.containsKey(name)) {
					identities.merge(name, 1L, Long::sum);
				}
				total++;
			}
			return new ConnectionsDescriptor(total, identities);
		}

	}

}
