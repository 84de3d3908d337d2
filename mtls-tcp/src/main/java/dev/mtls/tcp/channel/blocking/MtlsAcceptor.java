package dev.mtls.tcp.channel.blocking;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;

import dev.mtls.socket.MtlsListener;

/**
 * Accepts connections with mutual TLS, whose peer was admitted.
 *
 * @param listener the listener
 */
record MtlsAcceptor(MtlsListener listener) implements Acceptor {

	@Override
	public Transport accept() throws IOException {
		return new MtlsTransport(this.listener.accept());
	}

	@Override
	public void serve(Handler handler) {
		this.listener.serve((connection) -> handler.handle(new MtlsTransport(connection)));
	}

	@Override
	public InetSocketAddress localAddress() {
		return this.listener.localAddress();
	}

	@Override
	public void close() {
		this.listener.close();
	}

	@Override
	public void close(Duration drain) {
		this.listener.close(drain);
	}

}
