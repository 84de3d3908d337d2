package dev.mtls.boot.tomcat;

import java.io.IOException;
import java.net.InetAddress;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import java.util.List;

import javax.net.ssl.SSLPeerUnverifiedException;

import org.apache.tomcat.util.net.SecureNioChannel;
import org.apache.tomcat.util.net.SocketBufferHandler;
import org.jspecify.annotations.Nullable;

import dev.mtls.decision.Verdict;
import dev.mtls.gate.Admission;
import dev.mtls.gate.Gate;

/**
 * {@link SecureNioChannel} whose peer is admitted by the gate when the handshake is
 * complete, whether the session is new or resumed, and before a request byte is read.
 */
final class GatedNioChannel extends SecureNioChannel {

	private static final int FAILED = -1;

	private final GatedNioEndpoint endpoint;

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

	private int handshakeOrTell(boolean read, boolean write) throws IOException {
		try {
			int interest = super.handshake(read, write);
			if (interest == FAILED) {
				gate().handshakeFailed(this.sslEngine, address(), null);
			}
			return interest;
		}
		catch (IOException ex) {
			gate().handshakeFailed(this.sslEngine, address(), ex);
			throw ex;
		}
	}

	private boolean isAdmitted() {
		return gate().admitPeer(chain(), address()) instanceof Verdict.Accepted<Admission>;
	}

	private List<X509Certificate> chain() {
		try {
			Certificate[] certificates = this.sslEngine.getSession().getPeerCertificates();
			return Arrays.stream(certificates).map(X509Certificate.class::cast).toList();
		}
		catch (SSLPeerUnverifiedException ex) {
			return List.of();
		}
	}

	private @Nullable InetAddress address() {
		return this.sc.socket().getInetAddress();
	}

	private Gate gate() {
		return this.endpoint.gate();
	}

}
