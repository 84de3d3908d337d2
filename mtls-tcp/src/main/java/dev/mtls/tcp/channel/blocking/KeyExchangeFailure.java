package dev.mtls.tcp.channel.blocking;

import java.io.IOException;
import java.net.SocketTimeoutException;

import javax.net.ssl.SSLException;

import dev.mtls.decision.MtlsException;
import dev.mtls.decision.Reason;
import dev.mtls.tcp.channel.frame.ChannelException;

/**
 * Makes the exceptions of a client whose connection was made and does not become a
 * channel.
 */
final class KeyExchangeFailure {

	private KeyExchangeFailure() {
	}

	/**
	 * Say why there is no channel.
	 * @param server the server, for messages
	 * @param failure what was thrown
	 * @return the exception
	 */
	static MtlsException of(String server, IOException failure) {
		if (failure.getCause() instanceof MtlsException refusal) {
			return refusal;
		}
		Reason reason = reason(failure);
		return new MtlsException(reason, server, "no channel, because " + TcpNetwork.messageOf(failure), reason.fix(),
				failure);
	}

	private static Reason reason(IOException failure) {
		if (failure instanceof SocketTimeoutException) {
			return Reason.HANDSHAKE_TIMEOUT;
		}
		// A server that speaks TLS 1.3 refuses its client after the handshake
		return (failure instanceof ChannelException || failure instanceof SSLException) ? Reason.HANDSHAKE_FAILED
				: Reason.CONNECT_FAILED;
	}

}
