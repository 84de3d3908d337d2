package dev.mtls.tcp.tunnel;

import javax.net.ssl.SSLException;

import org.jspecify.annotations.Nullable;

import dev.mtls.decision.Category;
import dev.mtls.decision.Decision;
import dev.mtls.decision.MtlsException;
import dev.mtls.decision.PrintableText;
import dev.mtls.gate.LiveConnection;
import dev.mtls.tcp.netty.LiveConnections;

/**
 * Why a session ended, and what more there is to say about it.
 *
 * @param end why
 * @param detail more, or {@code null} if there is nothing to say
 */
record SessionCause(SessionEnd end, @Nullable String detail) {

	private static final int MAX_DETAIL = 300;

	static SessionCause of(SessionEnd end) {
		return new SessionCause(end, null);
	}

	/**
	 * The target could not be connected to.
	 * @param failure why
	 * @return the cause
	 */
	static SessionCause ofConnect(Throwable failure) {
		boolean network = failure instanceof MtlsException known && known.category() == Category.NETWORK;
		return new SessionCause(network ? SessionEnd.CONNECT_FAILED : SessionEnd.TARGET_REFUSED, messageOf(failure));
	}

	/**
	 * The client broke off, or was cut.
	 * @param client the side of the client
	 * @param failure what it failed with, or {@code null} if nobody knows
	 * @return the cause
	 */
	static SessionCause ofClient(Side client, @Nullable Throwable failure) {
		return of(client, failure, SessionEnd.CLIENT_RESET);
	}

	/**
	 * The target broke off, or was cut. With TLS 1.3 a server refuses its client only
	 * after that has connected.
	 * @param target the side of the target
	 * @param failure what it failed with, or {@code null} if nobody knows
	 * @return the cause
	 */
	static SessionCause ofTarget(Side target, @Nullable Throwable failure) {
		boolean refused = failure instanceof SSLException && target.received() == 0;
		return of(target, failure, refused ? SessionEnd.TARGET_REFUSED : SessionEnd.TARGET_RESET);
	}

	private static SessionCause of(Side side, @Nullable Throwable failure, SessionEnd end) {
		LiveConnection connection = LiveConnections.of(side.channel());
		Decision.Deny denial = (connection != null) ? connection.denial() : null;
		if (denial != null) {
			return new SessionCause(SessionEnd.PEER_CUT,
					printable("%s: %s".formatted(denial.reason().code(), denial.detail())));
		}
		return new SessionCause(end, (failure != null) ? messageOf(failure) : null);
	}

	private static String messageOf(Throwable failure) {
		String message = failure.getMessage();
		return printable((message != null) ? message : failure.getClass().getSimpleName());
	}

	private static String printable(String text) {
		return PrintableText.of(text, MAX_DETAIL);
	}

}
