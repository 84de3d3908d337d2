package dev.mtls.boot.tomcat;

import java.io.IOException;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.security.ProviderException;

import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSession;

import org.apache.tomcat.util.net.NioEndpoint.NioSocketWrapper;
import org.apache.tomcat.util.net.SSLSupport;
import org.apache.tomcat.util.net.SecureNioChannel;
import org.apache.tomcat.util.net.SocketBufferHandler;
import org.jspecify.annotations.Nullable;

import dev.mtls.decision.Verdict;
import dev.mtls.gate.Gate;
import dev.mtls.gate.LiveConnection;
import dev.mtls.gate.PendingHandshake;
import dev.mtls.tls.PeerChain;

/**
 * {@link SecureNioChannel} whose peer is admitted by the gate when the handshake is
 * complete, whether the session is new or resumed, and before a request byte is read.
 * From then on nothing is read from a peer that is no longer admitted. Tomcat uses a
 * channel for one connection after another.
 */
final class GatedNioChannel extends SecureNioChannel {

	private static final int FAILED = -1;

	private static final int END_OF_STREAM = -1;

	private final GatedNioEndpoint endpoint;

	private volatile @Nullable PendingHandshake handshake;

	private volatile @Nullable LiveConnection connection;

	private volatile @Nullable SSLSession session;

	GatedNioChannel(SocketBufferHandler bufferHandler, GatedNioEndpoint endpoint) {
		super(bufferHandler, endpoint);
		this.endpoint = endpoint;
	}

	@Override
	public int handshake(boolean read, boolean write) throws IOException {
		if (isHandshakeComplete()) {
			return 0;
		}
		int interest = handshakeOrTell(read, write);
		return (interest == 0 && !isAdmitted()) ? FAILED : interest;
	}

	@Override
	public int read(ByteBuffer destination) throws IOException {
		return isStillAdmitted() ? ifStillAdmitted(super.read(destination)) : END_OF_STREAM;
	}

	@Override
	public long read(ByteBuffer[] destinations, int offset, int length) throws IOException {
		return isStillAdmitted() ? ifStillAdmitted(super.read(destinations, offset, length)) : END_OF_STREAM;
	}

	@Override
	public @Nullable SSLSupport getSSLSupport() {
		SSLSupport support = super.getSSLSupport();
		return (support != null) ? new GatedSslSupport(this.sslEngine.getSession(), support, this.connection) : null;
	}

	@Override
	public void close(boolean force) throws IOException {
		forget();
		super.close(force);
	}

	@Override
	public void reset(@Nullable SocketChannel channel, @Nullable NioSocketWrapper socketWrapper) throws IOException {
		forget();
		super.reset(channel, socketWrapper);
		if (channel != null && socketWrapper != null) {
			this.handshake = gate().handshake(address(), this.endpoint.closer(socketWrapper, channel));
		}
	}

	private int handshakeOrTell(boolean read, boolean write) throws IOException {
		try {
			int interest = super.handshake(read, write);
			if (interest == FAILED) {
				tellFailure(null);
			}
			return interest;
		}
		catch (IOException ex) {
			tellFailure(ex);
			throw ex;
		}
		catch (ProviderException ex) {
			// JSSE lets it through when the token of the own key is gone
			Throwable cause = (ex.getCause() != null) ? ex.getCause() : ex;
			SSLException failure = new SSLException("the own key cannot be used: " + cause.getMessage(), ex);
			tellFailure(failure);
			throw failure;
		}
	}

	private void tellFailure(@Nullable IOException failure) {
		if (endHandshake()) {
			gate().handshakeFailed(this.sslEngine, address(), failure);
		}
	}

	private boolean endHandshake() {
		PendingHandshake handshake = this.handshake;
		this.handshake = null;
		return handshake != null && handshake.ended();
	}

	private boolean isAdmitted() {
		// A thread of the container may wait, while the handshake timeout runs on
		gate().askRevocation(PeerChain.of(this.sslEngine.getSession())).join();
		PendingHandshake handshake = this.handshake;
		if (handshake == null || !endHandshake()) {
			return false;
		}
		Runnable closer = this.endpoint.closer(this.socketWrapper, this.sc);
		SSLSession session = this.sslEngine.getSession();
		if (gate().connect(PeerChain.of(session), address(), handshake.session(this.sslEngine, session),
				(denial) -> closer.run()) instanceof Verdict.Accepted<LiveConnection> accepted) {
			this.session = session;
			this.connection = accepted.value();
			return true;
		}
		return false;
	}

	private boolean isStillAdmitted() {
		// By renegotiation (RFC 5246, section 7.4.1.1) the peer could become another
		LiveConnection connection = this.connection;
		return connection != null && this.sslEngine.getSession() == this.session && connection.isAdmitted();
	}

	// Reading may have renegotiated
	private int ifStillAdmitted(int count) {
		return isStillAdmitted() ? count : END_OF_STREAM;
	}

	private long ifStillAdmitted(long count) {
		return isStillAdmitted() ? count : END_OF_STREAM;
	}

	private void forget() {
		endHandshake();
		this.session = null;
		LiveConnection connection = this.connection;
		if (connection != null) {
			this.connection = null;
			connection.closed();
		}
	}

	private @Nullable InetAddress address() {
		return this.sc.socket().getInetAddress();
	}

	private Gate gate() {
		return this.endpoint.gate();
	}

}
