package dev.mtls.tcp.netty;

import java.net.InetAddress;
import java.util.function.Consumer;

import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSession;

import org.jspecify.annotations.Nullable;

import dev.mtls.decision.Decision;
import dev.mtls.decision.Verdict;
import dev.mtls.event.TlsSession;
import dev.mtls.gate.Gate;
import dev.mtls.gate.LiveConnection;
import dev.mtls.tls.PeerChain;
import dev.mtls.tls.PeerRefusedException;

/**
 * Admits the server of a client's connection after its handshake, new or resumed.
 */
@FunctionalInterface
public interface ServerAdmission {

	/**
	 * Admit the server before the first byte is sent to it.
	 * @param session the session of the connection
	 * @param tls the same as it is told, or {@code null} where nobody told
	 * @param host the server's host and port, for messages
	 * @param address the server's address, or {@code null} where it is not known
	 * @param closer closes the connection at once, whatever it is doing, and is told why;
	 * must not block
	 * @return the connection, whose end has to be told to it
	 * @throws SSLException if the server is refused; its cause is an
	 * {@link dev.mtls.decision.MtlsException} that says why
	 */
	LiveConnection admit(SSLSession session, @Nullable TlsSession tls, String host, @Nullable InetAddress address,
			Consumer<Decision.Deny> closer) throws SSLException;

	/**
	 * The admission by a gate and nothing else.
	 * @param gate the gate of a client
	 * @return what admits
	 */
	static ServerAdmission of(Gate gate) {
		return (session, tls, host, address, closer) -> {
			Verdict<LiveConnection> verdict = gate.connect(PeerChain.of(session), address, tls, closer);
			if (verdict instanceof Verdict.Accepted<LiveConnection> accepted) {
				return accepted.value();
			}
			throw new PeerRefusedException(host, ((Verdict.Refused<LiveConnection>) verdict).denial());
		};
	}

}
