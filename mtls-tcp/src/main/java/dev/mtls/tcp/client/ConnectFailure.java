package dev.mtls.tcp.client;

import java.io.IOException;
import java.net.UnknownHostException;

import javax.net.ssl.SSLException;

import io.netty.channel.ConnectTimeoutException;
import io.netty.handler.codec.DecoderException;

import dev.mtls.decision.MtlsException;
import dev.mtls.decision.Reason;

/**
 * Why a connection could not be made.
 */
public final class ConnectFailure {

	private ConnectFailure() {
	}

	/**
	 * Find the reason behind what was thrown.
	 * @param server the server's host and port
	 * @param failure what was thrown
	 * @return the exception to throw instead
	 */
	public static Throwable of(String server, Throwable failure) {
		for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
			if (cause instanceof MtlsException) {
				return cause;
			}
		}
		Throwable cause = (failure instanceof DecoderException && failure.getCause() != null) ? failure.getCause()
				: failure;
		if (cause instanceof UnknownHostException) {
			return exception(Reason.HOST_UNRESOLVED, server, "its name cannot be resolved", failure);
		}
		if (cause instanceof SSLException) {
			return exception(Reason.HANDSHAKE_FAILED, server, "the handshake failed: " + cause.getMessage(), failure);
		}
		if (cause instanceof ConnectTimeoutException) {
			return exception(Reason.CONNECT_FAILED, server, "the connection was not made in time", failure);
		}
		return (cause instanceof IOException) ? exception(Reason.CONNECT_FAILED, server,
				"the connection was not made: " + cause.getMessage(), failure) : failure;
	}

	private static MtlsException exception(Reason reason, String server, String problem, Throwable failure) {
		return new MtlsException(reason, server, problem, reason.fix(), failure);
	}

}
