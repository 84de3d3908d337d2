package dev.mtls.socket;

import java.io.IOException;
import java.io.InputStream;
import java.net.SocketTimeoutException;

import javax.net.ssl.SSLException;

/**
 * What the peer of a connection sends. Nothing is handed out of a peer that is no longer
 * admitted, and an end that was not announced is a failure: somebody may have cut what
 * the peer sent (RFC 8446, section 6.1).
 */
final class ConnectionInput extends InputStream {

	private final MtlsConnection connection;

	private final TcpSocket tcp;

	private final InputStream in;

	private volatile boolean ended;

	ConnectionInput(MtlsConnection connection, TcpSocket tcp, InputStream in) {
		this.connection = connection;
		this.tcp = tcp;
		this.in = in;
	}

	@Override
	public int read() throws IOException {
		byte[] one = new byte[1];
		return (read(one, 0, 1) == -1) ? -1 : one[0] & 0xff;
	}

	@Override
	public int read(byte[] bytes, int offset, int length) throws IOException {
		this.connection.checkAdmitted();
		int count = readTls(bytes, offset, length);
		// The peer may have been cut while it was waited for
		this.connection.checkAdmitted();
		return (count == -1) ? end() : count;
	}

	@Override
	public int available() throws IOException {
		this.connection.checkAdmitted();
		return this.in.available();
	}

	@Override
	public void close() {
		this.connection.close();
	}

	private int readTls(byte[] bytes, int offset, int length) throws IOException {
		try {
			return this.in.read(bytes, offset, length);
		}
		catch (SocketTimeoutException ex) {
			throw ex;
		}
		catch (IOException ex) {
			throw this.connection.failure(ex);
		}
	}

	private int end() throws IOException {
		if (this.ended) {
			return -1;
		}
		// The TLS stack takes its own close for an end too
		this.connection.checkNotClosed();
		if (this.tcp.ended()) {
			throw new SSLException("The peer ended the connection without close_notify, so something may be missing");
		}
		this.ended = true;
		return -1;
	}

}
