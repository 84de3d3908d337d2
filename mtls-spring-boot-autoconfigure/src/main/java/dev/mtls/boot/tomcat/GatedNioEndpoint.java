package dev.mtls.boot.tomcat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.StandardSocketOptions;
import java.nio.channels.SocketChannel;
import java.util.List;
import java.util.concurrent.Callable;

import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;

import org.apache.tomcat.util.net.NioChannel;
import org.apache.tomcat.util.net.NioEndpoint;
import org.apache.tomcat.util.net.SocketBufferHandler;
import org.apache.tomcat.util.net.SocketEvent;
import org.apache.tomcat.util.net.openssl.ciphers.Cipher;
import org.apache.tomcat.util.net.openssl.ciphers.Group;
import org.apache.tomcat.util.net.openssl.ciphers.SignatureScheme;
import org.jspecify.annotations.Nullable;

import dev.mtls.decision.Decision;
import dev.mtls.gate.Gate;

/**
 * {@link NioEndpoint} that asks the gate for each accepted socket before a byte is read
 * or written.
 */
final class GatedNioEndpoint extends NioEndpoint {

	private volatile @Nullable Gate gate;

	void setGate(Gate gate) {
		this.gate = gate;
	}

	Gate gate() {
		Gate gate = this.gate;
		if (gate == null) {
			throw new IllegalStateException("The protocol %s was started without a gate: do not set it by hand"
				.formatted(MtlsHttp11NioProtocol.class.getName()));
		}
		return gate;
	}

	/**
	 * What closes a connection at once, whatever it is doing: idle, busy with a request,
	 * HTTP/2 or upgraded. Only the socket can be shut down from another thread. Tomcat's
	 * own clean-up follows when it notices, or on one of its threads if the connection is
	 * idle.
	 * @param wrapper the connection
	 * @param channel its socket
	 * @return the closer, which does not block
	 */
	Runnable closer(NioSocketWrapper wrapper, SocketChannel channel) {
		return () -> {
			shutDown(channel::shutdownInput);
			shutDown(channel::shutdownOutput);
			if (wrapper.getLock().tryLock()) {
				try {
					processSocket(wrapper, SocketEvent.ERROR, true);
				}
				finally {
					wrapper.getLock().unlock();
				}
			}
		};
	}

	@Override
	public void bind() throws Exception {
		gate();
		super.bind();
	}

	@Override
	protected boolean setSocketOptions(SocketChannel socket) {
		if (isAllowed(socket)) {
			return super.setSocketOptions(socket);
		}
		reset(socket);
		return true;
	}

	@Override
	protected NioChannel createChannel(SocketBufferHandler buffer) {
		return isSSLEnabled() ? new GatedNioChannel(buffer, this) : super.createChannel(buffer);
	}

	@Override
	protected SSLEngine createSSLEngine(String sniHostName, List<Cipher> clientRequestedCiphers,
			List<String> clientRequestedApplicationProtocols, List<String> clientRequestedProtocols,
			List<Group> clientSupportedGroups, List<SignatureScheme> clientSignatureSchemes) {
		SSLEngine engine = super.createSSLEngine(sniHostName, clientRequestedCiphers,
				clientRequestedApplicationProtocols, clientRequestedProtocols, clientSupportedGroups,
				clientSignatureSchemes);
		SSLParameters parameters = engine.getSSLParameters();
		gate().settings().tls().applyTo(parameters);
		// Each of the two overrides the other
		if (gate().settings().certificateRequiredInHandshake()) {
			parameters.setNeedClientAuth(true);
		}
		else {
			parameters.setWantClientAuth(true);
		}
		engine.setSSLParameters(parameters);
		return engine;
	}

	private boolean isAllowed(SocketChannel socket) {
		try {
			InetAddress address = socket.socket().getInetAddress();
			return address != null && gate().admitAddress(address) instanceof Decision.Allow;
		}
		catch (RuntimeException ex) {
			getLog().error("The gate failed to decide on a connection, which is therefore refused", ex);
			return false;
		}
	}

	private void shutDown(Callable<SocketChannel> direction) {
		try {
			direction.call();
		}
		catch (Exception ex) {
			getLog().debug("A cut connection was closed already", ex);
		}
	}

	private void reset(SocketChannel socket) {
		try {
			socket.setOption(StandardSocketOptions.SO_LINGER, 0);
		}
		catch (IOException ex) {
			getLog().debug("A refused connection is closed without a reset", ex);
		}
		// Closes the socket and gives its place in the connection limit back
		destroySocket(socket);
	}

}
