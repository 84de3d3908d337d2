package dev.mtls.boot.rsocket;

import java.net.InetAddress;
import java.net.InetSocketAddress;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.rsocket.server.RSocketServer;
import org.springframework.util.unit.DataSize;

/**
 * The port of an RSocket server.
 *
 * @param transport what RSocket is spoken over
 * @param address the address to listen at, or {@code null} for every one
 * @param port the number, 0 for any that is free
 * @param fragmentSize the size beyond which frames are sent in fragments, or {@code null}
 * if they never are
 */
public record RSocketPort(RSocketServer.Transport transport, @Nullable InetAddress address, int port,
		@Nullable DataSize fragmentSize) {

	InetSocketAddress socketAddress() {
		return (this.address != null) ? new InetSocketAddress(this.address, this.port)
				: new InetSocketAddress(this.port);
	}

}
