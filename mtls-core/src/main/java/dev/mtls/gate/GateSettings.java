package dev.mtls.gate;

import java.time.Duration;

import dev.mtls.decision.MtlsException;
import dev.mtls.decision.Reason;
import dev.mtls.policy.ProxyPolicy;
import dev.mtls.revocation.RevocationPolicy;
import dev.mtls.tls.TlsProfile;
import dev.mtls.trust.PeerRole;
import dev.mtls.trust.RequiredPolicies;

/**
 * What does not change while a gate lives.
 *
 * @param name the name of the gate in events, such as {@code server}
 * @param peerRole what the peers are: {@link PeerRole#CLIENT} for the gate of a server
 * @param keyRequired whether an own key and certificate are needed
 * @param certificateRequired whether a peer without certificate is refused
 * @param hostNameChecked whether a server must hold the host name that was connected to
 * @param reportOnly whether a denial by address, pins or identity is told but not acted
 * upon
 * @param handshakeTimeout how long a handshake may take in all
 * @param limits how much peers may use up
 * @param revocation where to learn whether a peer's certificate is revoked
 * @param tls what may be negotiated
 * @param requiredPolicies the certificate policies of which a peer's path must assert one
 * @param ocspStapling whether the own certificate comes with an OCSP response
 * @param proxies which peers speak for clients
 */
public record GateSettings(String name, PeerRole peerRole, boolean keyRequired, boolean certificateRequired,
		boolean hostNameChecked, boolean reportOnly, Duration handshakeTimeout, ConnectionLimits limits,
		RevocationPolicy revocation, TlsProfile tls, RequiredPolicies requiredPolicies, boolean ocspStapling,
		ProxyPolicy proxies) {

	private static final Duration HANDSHAKE_TIMEOUT = Duration.ofSeconds(10);

	/**
	 * Create settings.
	 * @throws MtlsException with {@link Reason#CONFIGURATION_INVALID} if the handshake
	 * timeout is not positive
	 */
	public GateSettings {
		if (handshakeTimeout.isNegative() || handshakeTimeout.isZero()) {
			throw new MtlsException(Reason.CONFIGURATION_INVALID, "handshake-timeout=" + handshakeTimeout,
					"the timeout is not positive", "set a duration such as 10s");
		}
	}

	/**
	 * Settings for the gate of the only server of an application.
	 * @param certificateRequired whether a client without certificate is refused
	 * @param tls what may be negotiated
	 * @return the settings
	 */
	public static GateSettings server(boolean certificateRequired, TlsProfile tls) {
		return server("server", certificateRequired, tls);
	}

	/**
	 * Settings for the gate of a server.
	 * @param name the name of the server
	 * @param certificateRequired whether a client without certificate is refused
	 * @param tls what may be negotiated
	 * @return the settings
	 */
	public static GateSettings server(String name, boolean certificateRequired, TlsProfile tls) {
		return new GateSettings(name, PeerRole.CLIENT, true, certificateRequired, false, false, HANDSHAKE_TIMEOUT,
				ConnectionLimits.NONE, RevocationPolicy.OFF, tls, RequiredPolicies.NONE, false, ProxyPolicy.NONE);
	}

	/**
	 * Settings for the gate of a client. A server always needs a certificate.
	 * @param name the name of the client
	 * @param hostNameChecked whether a server must hold the host name that was connected
	 * to
	 * @param tls what may be negotiated
	 * @return the settings
	 */
	public static GateSettings client(String name, boolean hostNameChecked, TlsProfile tls) {
		return new GateSettings(name, PeerRole.SERVER, false, true, hostNameChecked, false, HANDSHAKE_TIMEOUT,
				ConnectionLimits.NONE, RevocationPolicy.OFF, tls, RequiredPolicies.NONE, false, ProxyPolicy.NONE);
	}

	/**
	 * The same settings for a gate that tells denials by address, pins or identity
	 * without acting upon them.
	 * @param reportOnly whether to report only
	 * @return the settings
	 */
	public GateSettings withReportOnly(boolean reportOnly) {
		return new GateSettings(this.name, this.peerRole, this.keyRequired, this.certificateRequired,
				this.hostNameChecked, reportOnly, this.handshakeTimeout, this.limits, this.revocation, this.tls,
				this.requiredPolicies, this.ocspStapling, this.proxies);
	}

	/**
	 * The same settings for the gate of a server whose TLS somebody else speaks, such as
	 * the container into which an application is deployed. It needs no key of its own.
	 * @return the settings
	 */
	public GateSettings withoutOwnKey() {
		return new GateSettings(this.name, this.peerRole, false, this.certificateRequired, this.hostNameChecked,
				this.reportOnly, this.handshakeTimeout, this.limits, this.revocation, this.tls, this.requiredPolicies,
				this.ocspStapling, this.proxies);
	}

	/**
	 * The same settings with another bound on the time that a handshake may take.
	 * @param handshakeTimeout the bound, 10 seconds if not set
	 * @return the settings
	 */
	public GateSettings withHandshakeTimeout(Duration handshakeTimeout) {
		return new GateSettings(this.name, this.peerRole, this.keyRequired, this.certificateRequired,
				this.hostNameChecked, this.reportOnly, handshakeTimeout, this.limits, this.revocation, this.tls,
				this.requiredPolicies, this.ocspStapling, this.proxies);
	}

	/**
	 * The same settings with limits on what peers may use up.
	 * @param limits the limits, none if not set
	 * @return the settings
	 */
	public GateSettings withLimits(ConnectionLimits limits) {
		return new GateSettings(this.name, this.peerRole, this.keyRequired, this.certificateRequired,
				this.hostNameChecked, this.reportOnly, this.handshakeTimeout, limits, this.revocation, this.tls,
				this.requiredPolicies, this.ocspStapling, this.proxies);
	}

	/**
	 * The same settings with revocation.
	 * @param revocation where to learn whether a peer's certificate is revoked, nowhere
	 * if not set
	 * @return the settings
	 */
	public GateSettings withRevocation(RevocationPolicy revocation) {
		return new GateSettings(this.name, this.peerRole, this.keyRequired, this.certificateRequired,
				this.hostNameChecked, this.reportOnly, this.handshakeTimeout, this.limits, revocation, this.tls,
				this.requiredPolicies, this.ocspStapling, this.proxies);
	}

	/**
	 * The same settings for a gate whose peers need a certificate policy.
	 * @param requiredPolicies the policies of which a peer's path must assert one
	 * @return the settings
	 */
	public GateSettings withRequiredPolicies(RequiredPolicies requiredPolicies) {
		return new GateSettings(this.name, this.peerRole, this.keyRequired, this.certificateRequired,
				this.hostNameChecked, this.reportOnly, this.handshakeTimeout, this.limits, this.revocation, this.tls,
				requiredPolicies, this.ocspStapling, this.proxies);
	}

	/**
	 * The same settings for the gate of a server that staples an OCSP response to its
	 * certificate, where the TLS engine can.
	 * @param ocspStapling whether to staple, {@code false} if not set
	 * @return the settings
	 */
	public GateSettings withOcspStapling(boolean ocspStapling) {
		return new GateSettings(this.name, this.peerRole, this.keyRequired, this.certificateRequired,
				this.hostNameChecked, this.reportOnly, this.handshakeTimeout, this.limits, this.revocation, this.tls,
				this.requiredPolicies, ocspStapling, this.proxies);
	}

	/**
	 * Whether a handshake without certificate fails. Where a proxy is known by its
	 * address it does not, and who shows none is refused after it.
	 * @return whether the TLS engine has to insist on a certificate
	 */
	public boolean certificateRequiredInHandshake() {
		return this.certificateRequired && !this.proxies.byAddress();
	}

	/**
	 * The same settings for the gate of a server that proxies stand before.
	 * @param proxies which peers speak for clients, none if not set
	 * @return the settings
	 */
	public GateSettings withProxies(ProxyPolicy proxies) {
		return new GateSettings(this.name, this.peerRole, this.keyRequired, this.certificateRequired,
				this.hostNameChecked, this.reportOnly, this.handshakeTimeout, this.limits, this.revocation, this.tls,
				this.requiredPolicies, this.ocspStapling, proxies);
	}

}
