package dev.mtls.boot.tunnel;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import dev.mtls.decision.PrintableText;
import dev.mtls.tcp.tunnel.SessionEnd;
import dev.mtls.tcp.tunnel.TunnelSession;
import dev.mtls.tcp.tunnel.TunnelSessionListener;

/**
 * Writes one line at the end of each session of a tunnel, and for debugging one at its
 * start. What others chose is shortened and printable.
 */
public final class SessionLog implements TunnelSessionListener {

	private static final Log logger = LogFactory.getLog("dev.mtls.tunnel");

	private static final int MAX_LENGTH = 256;

	@Override
	public void started(TunnelSession session) {
		if (logger.isDebugEnabled()) {
			logger.debug("%s began".formatted(described(session)));
		}
	}

	@Override
	public void ended(TunnelSession session) {
		if (logger.isInfoEnabled()) {
			logger.info("%s ended after %d ms, with %d bytes to the target and %d to the client: %s".formatted(
					described(session), session.uptime().toMillis(), session.bytesToTarget(), session.bytesToClient(),
					reason(session.end(), session.detail())));
		}
	}

	private static String described(TunnelSession session) {
		return "[%s] Session %d of client %s to target %s with %s".formatted(printable(session.tunnel()), session.id(),
				printable(session.client()), printable(session.target()),
				(session.peer() != null) ? "peer " + printable(session.peer()) : "no peer");
	}

	private static String reason(@Nullable SessionEnd end, @Nullable String detail) {
		String code = (end != null) ? end.code() : "unknown";
		return (detail != null) ? "%s: %s".formatted(code, printable(detail)) : code;
	}

	private static String printable(String text) {
		return PrintableText.of(text, MAX_LENGTH);
	}

}
