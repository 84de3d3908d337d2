package dev.mtls.tcp.channel.blocking;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.time.Duration;

import org.jspecify.annotations.Nullable;

import dev.mtls.identity.PeerIdentity;
import dev.mtls.socket.MtlsConnection;

/**
 * A connection with mutual TLS, whose end is told by close_notify.
 *
 * @param connection the connection
 */
record MtlsTransport(MtlsConnection connection) implements Transport {

	@Override
	public InputStream input() {
		return this.connection.inputStream();
	}

	@Override
	public void write(byte[] bytes) throws IOException {
		this.connection.outputStream().write(bytes);
	}

	@Override
	public void readTimeout(@Nullable Duration timeout) throws IOException {
		this.connection.readTimeout(timeout);
	}

	@Override
	public @Nullable PeerIdentity peerIdentity() {
		return this.connection.peerIdentity();
	}

	@Override
	public InetSocketAddress remoteAddress() {
		return this.connection.remoteAddress();
	}

	@Override
	public boolean isOpen() {
		return this.connection.isOpen();
	}

	@Override
	public void close(Duration linger) {
		this.connection.close();
	}

	@Override
	public void reset() {
		this.connection.reset();
	}

}
