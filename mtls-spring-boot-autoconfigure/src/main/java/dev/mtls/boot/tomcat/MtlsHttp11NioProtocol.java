package dev.mtls.boot.tomcat;

import org.apache.coyote.http11.Http11NioProtocol;
import org.apache.tomcat.util.net.SSLHostConfig;
import org.apache.tomcat.util.net.SSLHostConfigCertificate;

import dev.mtls.gate.Gate;

/**
 * {@link Http11NioProtocol} behind a {@link Gate}. Tomcat makes it by its class name, so
 * the gate is given afterwards, and before the connector starts.
 */
public final class MtlsHttp11NioProtocol extends Http11NioProtocol {

	private final GatedNioEndpoint endpoint;

	/**
	 * Create the protocol. It does not start before {@link #setGate(Gate)} was called.
	 */
	public MtlsHttp11NioProtocol() {
		this(new GatedNioEndpoint());
	}

	private MtlsHttp11NioProtocol(GatedNioEndpoint endpoint) {
		super(endpoint);
		this.endpoint = endpoint;
	}

	/**
	 * Set the gate that decides on addresses and peers.
	 * @param gate the gate
	 */
	public void setGate(Gate gate) {
		this.endpoint.setGate(gate);
	}

	/**
	 * Add a host, with the gate's TLS context in place of the one that Tomcat would make
	 * from the host's stores. It is done here, and not once, because every update of the
	 * SSL bundle adds the host anew.
	 */
	@Override
	public void addSslHostConfig(SSLHostConfig sslHostConfig, boolean replace) {
		for (SSLHostConfigCertificate certificate : sslHostConfig.getCertificates(true)) {
			certificate.setSslContext(new GatedSslContext(this.endpoint::gate));
		}
		super.addSslHostConfig(sslHostConfig, replace);
	}

}
