package dev.mtls.boot.client.gate;

import java.net.InetAddress;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSession;

import org.jspecify.annotations.Nullable;

import dev.mtls.decision.Decision;
import dev.mtls.decision.MtlsException;
import dev.mtls.decision.Verdict;
import dev.mtls.event.TlsSession;
import dev.mtls.gate.Gate;
import dev.mtls.gate.LiveConnection;
import dev.mtls.tls.PeerChain;
import dev.mtls.tls.PeerRefusedException;
import dev.mtls.tls.TlsProfile;

/**
 * One generation of a client's {@link Gate}, with which an HTTP client is built. No HTTP
 * client reads its TLS material again, so another is built for the next generation, while
 * the gate goes on to decide on the connections of both.
 */
public final class ClientGeneration {

	private final Gate gate;

	private final long number;

	private final SSLContext sslContext;

	private final CutHosts cutHosts = new CutHosts();

	/**
	 * Take the current generation of a gate.
	 * @param gate the gate
	 */
	public ClientGeneration(Gate gate) {
		this.gate = gate;
		// The number first: a change in between builds once more, never once less
		this.number = gate.generation();
		this.sslContext = gate.sslContext();
	}

	/**
	 * The gate.
	 * @return the gate
	 */
	public Gate gate() {
		return this.gate;
	}

	/**
	 * Whether the gate is still of this generation.
	 * @return {@code false} if a new client has to be built
	 */
	public boolean isCurrent() {
		return this.number == this.gate.generation();
	}

	/**
	 * The TLS context of this generation. Its trust manager verifies the path and, where
	 * it is checked, the host name; {@link #admit} has to be asked after each handshake.
	 * @return the context
	 */
	public SSLContext sslContext() {
		return this.sslContext;
	}

	/**
	 * What may be negotiated.
	 * @return protocols, cipher suites and named groups
	 */
	public TlsProfile tls() {
		return this.gate.settings().tls();
	}

	/**
	 * Check that connections may begin at all. For a library that does not tell the
	 * address before it connects.
	 * @throws MtlsException with {@code KILL_SWITCH} while the kill switch is engaged
	 */
	public void checkOpen() {
		if (this.gate.admitAnybody() instanceof Decision.Deny denial) {
			throw MtlsException.refused("the kill switch", denial);
		}
	}

	/**
	 * Decide whether a connection to an address may begin. To be asked for the very
	 * address that is connected to, after its name was resolved.
	 * @param address the address
	 * @return whether it is allowed
	 */
	public boolean isAllowed(InetAddress address) {
		return this.gate.admitAddress(address).isAllowed();
	}

	/**
	 * Ask for what is not known about the revocation of the server's certificates. To be
	 * called after a handshake and before {@link #admit}.
	 * @param session the session of the connection
	 * @return completes, never with a failure, when there is nothing to wait for; the
	 * wait is bounded
	 */
	public CompletableFuture<Void> askRevocation(SSLSession session) {
		return this.gate.askRevocation(PeerChain.of(session));
	}

	/**
	 * Admit the server of a connection after its handshake, new or resumed, and before
	 * the first byte of a request is sent.
	 * @param session the session of the connection
	 * @param tls the same as it is told
	 * @param host the server's host and port, for messages
	 * @param address the server's address, or {@code null} where the library does not
	 * tell
	 * @param closer closes the connection at once, whatever it is doing, and is told why;
	 * must not block
	 * @return the connection, whose end has to be told to it
	 * @throws SSLException if the server is refused; its cause is an
	 * {@link MtlsException} that says why
	 */
	public LiveConnection admit(SSLSession session, @Nullable TlsSession tls, String host,
			@Nullable InetAddress address, Consumer<Decision.Deny> closer) throws SSLException {
		Verdict<LiveConnection> verdict = this.gate.connect(PeerChain.of(session), address, tls, (denial) -> {
			this.cutHosts.add(host, denial);
			closer.accept(denial);
		});
		if (verdict instanceof Verdict.Accepted<LiveConnection> accepted) {
			this.cutHosts.remove(host);
			return accepted.value();
		}
		throw refused(host, ((Verdict.Refused<LiveConnection>) verdict).denial());
	}

	/**
	 * Why the connections to a server were cut. A library tells its request only that its
	 * connection has ended.
	 * @param host the server's host and port
	 * @return the denial, or {@code null} if none was cut, or the server was admitted
	 * again since then
	 */
	public Decision.@Nullable Deny cutFrom(String host) {
		return this.cutHosts.get(host);
	}

	/**
	 * Make the exception for a server that was refused.
	 * @param host the server's host and port
	 * @param denial why
	 * @return the exception, whose cause is an {@link MtlsException}
	 */
	public static SSLException refused(String host, Decision.Deny denial) {
		return new PeerRefusedException(host, denial);
	}

}
