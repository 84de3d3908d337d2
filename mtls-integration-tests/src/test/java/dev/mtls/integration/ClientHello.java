package dev.mtls.integration;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;

import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;

/**
 * The first message of a handshake, which a server answers at once.
 */
final class ClientHello {

	private ClientHello() {
	}

	static byte[] bytes() throws IOException {
		try {
			SSLEngine engine = SSLContext.getDefault().createSSLEngine("localhost", 443);
			engine.setUseClientMode(true);
			ByteBuffer hello = ByteBuffer.allocate(engine.getSession().getPacketBufferSize());
			engine.wrap(ByteBuffer.allocate(0), hello);
			return Arrays.copyOf(hello.array(), hello.position());
		}
		catch (NoSuchAlgorithmException ex) {
			throw new IllegalStateException(ex);
		}
	}

}
