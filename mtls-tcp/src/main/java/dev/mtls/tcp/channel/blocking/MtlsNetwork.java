package dev.mtls.tcp.channel.blocking;

import dev.mtls.socket.MtlsContext;
import dev.mtls.tls.TlsProfile;

/**
 * Connections with mutual TLS.
 *
 * @param context has the key, the trust and the rules
 * @param tls what may be negotiated
 */
record MtlsNetwork(MtlsContext context, TlsProfile tls) implements Network {

	@Override
	public Transport connect(String hostAndPort) {
		return new MtlsTransport(this.context.connect(hostAndPort, this.tls));
	}

	@Override
	public Acceptor listen(String hostAndPort) {
		return new MtlsAcceptor(this.context.listen(hostAndPort, this.tls));
	}

}
