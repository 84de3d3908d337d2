package dev.mtls.boot.client;

import java.io.IOException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.net.UnknownHostException;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpTimeoutException;
import java.nio.channels.UnresolvedAddressException;
import java.util.Objects;

import javax.net.ssl.SSLException;

import org.jspecify.annotations.Nullable;

import dev.mtls.boot.client.gate.ClientGeneration;
import dev.mtls.decision.Decision;
import dev.mtls.decision.MtlsException;
import dev.mtls.decision.Reason;

/**
 * Says why a request failed, whichever library it was sent with: as an
 * {@link MtlsException} behind the library's own exception. What was refused here has one
 * already.
 */
final class ConnectionFailure {

	private static final int MAX_CAUSES = 20;

	private ConnectionFailure() {
	}

	/**
	 * Put the reason behind an exception, if it is about the connection and has none.
	 * @param failure what the library threw
	 * @param uri where the request was sent to
	 * @param generation the generation of the client it was sent with
	 */
	static void explain(Throwable failure, URI uri, ClientGeneration generation) {
		Throwable last = failure;
		Decision.Deny notConnected = null;
		Decision.Deny broken = null;
		int causes = 0;
		for (Throwable cause = failure; cause != null && causes < MAX_CAUSES; cause = cause.getCause()) {
			if (cause instanceof MtlsException) {
				return;
			}
			notConnected = (notConnected != null) ? notConnected : whenNotConnected(cause);
			broken = (broken != null) ? broken : whenBroken(cause, uri, generation);
			last = cause;
			causes++;
		}
		Decision.Deny denial = (notConnected != null) ? notConnected : broken;
		if (denial != null) {
			attach(last, MtlsException.refused(hostAndPort(uri), denial));
		}
	}

	/**
	 * Find the reason behind an exception.
	 * @param failure what the library threw
	 * @return the reason, or {@code null} if it is not about the connection
	 */
	static @Nullable MtlsException reasonOf(Throwable failure) {
		int causes = 0;
		for (Throwable cause = failure; cause != null && causes < MAX_CAUSES; cause = cause.getCause()) {
			if (cause instanceof MtlsException reason) {
				return reason;
			}
			for (Throwable suppressed : cause.getSuppressed()) {
				if (suppressed instanceof MtlsException reason) {
					return reason;
				}
			}
			causes++;
		}
		return null;
	}

	private static Decision.@Nullable Deny whenNotConnected(Throwable cause) {
		if (cause instanceof UnknownHostException || cause instanceof UnresolvedAddressException) {
			return new Decision.Deny(Reason.HOST_UNRESOLVED, "the host could not be resolved: " + messageOf(cause));
		}
		if (cause instanceof ConnectException || cause instanceof NoRouteToHostException
				|| cause instanceof HttpConnectTimeoutException || isConnectTimeout(cause)) {
			return new Decision.Deny(Reason.CONNECT_FAILED, "the connection could not be made: " + messageOf(cause));
		}
		return null;
	}

	private static Decision.@Nullable Deny whenBroken(Throwable cause, URI uri, ClientGeneration generation) {
		if (!(cause instanceof IOException) || cause instanceof SocketTimeoutException
				|| cause instanceof HttpTimeoutException) {
			return null;
		}
		Decision.Deny cut = generation.cutFrom(hostAndPort(uri));
		if (cut == null && cause instanceof SSLException) {
			return new Decision.Deny(Reason.HANDSHAKE_FAILED, "TLS failed: " + messageOf(cause));
		}
		return cut;
	}

	// Libraries have classes of their own for it, which need not be there
	private static boolean isConnectTimeout(Throwable cause) {
		return cause.getClass().getSimpleName().startsWith("ConnectTimeout")
				|| (cause instanceof SocketTimeoutException && "Connect timed out".equals(cause.getMessage()));
	}

	private static void attach(Throwable last, MtlsException reason) {
		try {
			last.initCause(reason);
		}
		catch (IllegalStateException ex) {
			last.addSuppressed(reason);
		}
	}

	private static String messageOf(Throwable cause) {
		return Objects.requireNonNullElse(cause.getMessage(), cause.getClass().getSimpleName());
	}

	private static String hostAndPort(URI uri) {
		int port = (uri.getPort() != -1) ? uri.getPort() : 443;
		return "%s:%d".formatted(uri.getHost(), port);
	}

}
