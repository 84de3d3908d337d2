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
import java.util.List;
import java.util.Objects;
import java.util.function.Function;
import java.util.stream.Stream;

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
		List<Throwable> causes = causesOf(failure);
		if (causes.stream().anyMatch(MtlsException.class::isInstance)) {
			return;
		}
		Decision.Deny denial = firstOf(causes, ConnectionFailure::whenUnresolved);
		if (denial == null) {
			denial = firstOf(causes, ConnectionFailure::whenNotConnected);
		}
		if (denial == null) {
			denial = firstOf(causes, (cause) -> whenBroken(cause, uri, generation));
		}
		if (denial != null) {
			attach(causes, MtlsException.refused(hostAndPort(uri), denial));
		}
	}

	/**
	 * Find the reason behind an exception.
	 * @param failure what the library threw
	 * @return the reason, or {@code null} if it is not about the connection
	 */
	static @Nullable MtlsException reasonOf(Throwable failure) {
		for (Throwable cause : causesOf(failure)) {
			if (cause instanceof MtlsException reason) {
				return reason;
			}
			for (Throwable suppressed : cause.getSuppressed()) {
				if (suppressed instanceof MtlsException reason) {
					return reason;
				}
			}
		}
		return null;
	}

	private static List<Throwable> causesOf(Throwable failure) {
		return Stream.<Throwable>iterate(failure, Objects::nonNull, Throwable::getCause).limit(MAX_CAUSES).toList();
	}

	private static Decision.@Nullable Deny firstOf(List<Throwable> causes,
			Function<Throwable, Decision.@Nullable Deny> kind) {
		return causes.stream().map(kind).filter(Objects::nonNull).findFirst().orElse(null);
	}

	private static Decision.@Nullable Deny whenUnresolved(Throwable cause) {
		return (cause instanceof UnknownHostException || cause instanceof UnresolvedAddressException)
				? new Decision.Deny(Reason.HOST_UNRESOLVED, "the host could not be resolved" + messageOf(cause)) : null;
	}

	private static Decision.@Nullable Deny whenNotConnected(Throwable cause) {
		return (cause instanceof ConnectException || cause instanceof NoRouteToHostException
				|| cause instanceof HttpConnectTimeoutException || isConnectTimeout(cause))
						? new Decision.Deny(Reason.CONNECT_FAILED,
								"the connection could not be made" + messageOf(cause))
						: null;
	}

	private static Decision.@Nullable Deny whenBroken(Throwable cause, URI uri, ClientGeneration generation) {
		if (!(cause instanceof IOException) || cause instanceof SocketTimeoutException
				|| cause instanceof HttpTimeoutException) {
			return null;
		}
		Decision.Deny cut = generation.cutFrom(hostAndPort(uri));
		if (cut == null && cause instanceof SSLException) {
			return new Decision.Deny(Reason.HANDSHAKE_FAILED, "TLS failed" + messageOf(cause));
		}
		return cut;
	}

	// Libraries have classes of their own for it, which need not be there
	private static boolean isConnectTimeout(Throwable cause) {
		return cause.getClass().getSimpleName().startsWith("ConnectTimeout")
				|| (cause instanceof SocketTimeoutException && "Connect timed out".equals(cause.getMessage()));
	}

	// Some exceptions take neither a cause nor what is suppressed, because they are
	// shared
	private static void attach(List<Throwable> causes, MtlsException reason) {
		Throwable last = causes.get(causes.size() - 1);
		try {
			last.initCause(reason);
		}
		catch (IllegalStateException ex) {
			for (int i = causes.size() - 1; i >= 0; i--) {
				causes.get(i).addSuppressed(reason);
				if (causes.get(i).getSuppressed().length > 0) {
					return;
				}
			}
		}
	}

	private static String messageOf(Throwable cause) {
		return (cause.getMessage() != null) ? ": " + cause.getMessage() : "";
	}

	private static String hostAndPort(URI uri) {
		int port = (uri.getPort() != -1) ? uri.getPort() : 443;
		return "%s:%d".formatted(uri.getHost(), port);
	}

}
