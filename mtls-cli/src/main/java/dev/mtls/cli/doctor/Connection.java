package dev.mtls.cli.doctor;

import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;

import dev.mtls.address.HostAndPort;

/**
 * A TCP connection to one of the addresses.
 *
 * @param step what was seen
 * @param address the address that answered, or {@code null} if none did
 * @param socket the connection to it, or {@code null} if there is none
 */
record Connection(Step step, @Nullable InetSocketAddress address, @Nullable BoundedSocket socket) {

	private static final int MAX_ATTEMPTS = 8;

	/**
	 * Connect to the first of several addresses that answers.
	 * @param addresses the addresses
	 * @param port the port
	 * @param timeout the bound on each attempt
	 * @return the connection
	 */
	static Connection toOneOf(List<InetAddress> addresses, int port, Duration timeout) {
		List<Finding> failures = new ArrayList<>();
		for (InetAddress address : addresses.subList(0, Math.min(addresses.size(), MAX_ATTEMPTS))) {
			InetSocketAddress peer = new InetSocketAddress(address, port);
			try {
				BoundedSocket socket = open(peer, timeout);
				return new Connection(
						Step.of(StepName.CONNECT, textOf(peer), Map.of("address", textOf(peer)), List.of()), peer,
						socket);
			}
			catch (IOException ex) {
				failures.add(findingOf(peer, ex));
			}
		}
		return new Connection(Step.of(StepName.CONNECT, "no connection", Map.of(), distinct(failures)), null, null);
	}

	/**
	 * Open a connection.
	 * @param peer where to
	 * @param timeout the bound
	 * @return the connection
	 * @throws IOException if there is none
	 */
	static BoundedSocket open(InetSocketAddress peer, Duration timeout) throws IOException {
		BoundedSocket socket = new BoundedSocket();
		try {
			socket.connect(peer, Math.toIntExact(timeout.toMillis()));
			socket.setTcpNoDelay(true);
			return socket;
		}
		catch (IOException ex) {
			socket.close();
			throw ex;
		}
	}

	/**
	 * Say what is wrong with a connection that could not be opened.
	 * @param peer where to
	 * @param failure why not
	 * @return the finding
	 */
	static Finding findingOf(InetSocketAddress peer, IOException failure) {
		if (failure instanceof SocketTimeoutException) {
			return Finding.of(Problem.CONNECT_TIMEOUT, textOf(peer));
		}
		String message = String.valueOf(failure.getMessage());
		if (message.contains("reset")) {
			// As by a server that refuses the address before a byte of TLS
			return Finding.of(Problem.HANDSHAKE_CLOSED, textOf(peer) + ": connection reset");
		}
		// A route that is missing is a ConnectException on some systems too
		boolean refused = failure instanceof ConnectException && message.contains("refused");
		if (failure instanceof ConnectException && message.contains("timed out")) {
			return Finding.of(Problem.CONNECT_TIMEOUT, textOf(peer));
		}
		return refused ? Finding.of(Problem.CONNECTION_REFUSED, textOf(peer))
				: Finding.of(Problem.UNREACHABLE, "%s: %s".formatted(textOf(peer), message));
	}

	private static List<Finding> distinct(List<Finding> failures) {
		List<Finding> distinct = new ArrayList<>();
		for (Problem problem : Problem.values()) {
			List<String> details = failures.stream()
				.filter((failure) -> failure.problem() == problem)
				.map(Finding::detail)
				.toList();
			if (!details.isEmpty()) {
				distinct.add(Finding.of(problem, String.join(", ", details)));
			}
		}
		return distinct;
	}

	private static String textOf(InetSocketAddress peer) {
		return HostAndPort.of(peer).toString();
	}

}
