package dev.mtls.tcp.tunnel;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;

import dev.mtls.address.HostAndPort;
import dev.mtls.decision.MtlsException;
import dev.mtls.decision.PrintableText;
import dev.mtls.decision.Reason;

/**
 * One end of a tunnel: a host and port such as {@code 127.0.0.1:8080} or
 * {@code [::1]:8080}, or a Unix domain socket such as {@code unix:/run/app.sock}.
 */
public sealed interface TunnelAddress {

	/**
	 * What stands before the path of a Unix domain socket.
	 */
	String UNIX = "unix:";

	/**
	 * Read where to listen.
	 * @param text the text; port 0 stands for a free one
	 * @return the address
	 * @throws MtlsException if it is neither a host and port nor the path of a socket
	 * ({@link Reason#CONFIGURATION_INVALID})
	 */
	static TunnelAddress ofListener(String text) {
		return text.startsWith(UNIX) ? UnixDomain.of(text) : new Internet(HostAndPort.ofListener(text));
	}

	/**
	 * Read where to connect to.
	 * @param text the text
	 * @return the address
	 * @throws MtlsException if it is neither a host and port nor the path of a socket
	 * ({@link Reason#CONFIGURATION_INVALID})
	 */
	static TunnelAddress ofTarget(String text) {
		return text.startsWith(UNIX) ? UnixDomain.of(text) : new Internet(HostAndPort.ofPeer(text));
	}

	/**
	 * Whether nobody but this machine can come between: a Unix domain socket,
	 * {@code localhost} (RFC 6761, section 6.3), or an address of the loopback interface.
	 * Other names are not looked up, because what they stand for may change.
	 * @return whether it stays on this machine
	 */
	boolean isLocal();

	/**
	 * A host and port.
	 *
	 * @param hostAndPort the host and port
	 */
	record Internet(HostAndPort hostAndPort) implements TunnelAddress {

		@Override
		public boolean isLocal() {
			String host = this.hostAndPort.host();
			return host.equalsIgnoreCase("localhost") || (isLiteral() && isLoopback());
		}

		@Override
		public String toString() {
			return this.hostAndPort.toString();
		}

		/**
		 * Whether the host is an address, so that nothing has to be looked up.
		 * @return {@code false} if it is a name
		 */
		boolean isLiteral() {
			String host = this.hostAndPort.host();
			return host.indexOf(':') != -1 || Character.isDigit(host.charAt(host.length() - 1));
		}

		private boolean isLoopback() {
			try {
				return InetAddress.getByName(this.hostAndPort.host()).isLoopbackAddress();
			}
			catch (UnknownHostException ex) {
				return false;
			}
		}

	}

	/**
	 * A Unix domain socket.
	 *
	 * @param path where it is in the file system
	 */
	record UnixDomain(Path path) implements TunnelAddress {

		// sun_path of Linux holds 108 bytes with its end, that of macOS 104
		private static final int MAX_LENGTH = 103;

		static UnixDomain of(String text) {
			String path = text.substring(UNIX.length());
			try {
				if (path.isBlank() || !Path.of(path).isAbsolute()) {
					throw invalid(text, "it is not the absolute path of a socket");
				}
				if (path.getBytes(StandardCharsets.UTF_8).length > MAX_LENGTH) {
					throw invalid(text,
							"the path is longer than the %d bytes that a socket's may have".formatted(MAX_LENGTH));
				}
				return new UnixDomain(Path.of(path));
			}
			catch (InvalidPathException ex) {
				throw invalid(text, "it is no path: " + ex.getReason());
			}
		}

		@Override
		public boolean isLocal() {
			return true;
		}

		@Override
		public String toString() {
			return UNIX + this.path;
		}

		private static MtlsException invalid(String text, String problem) {
			return new MtlsException(Reason.CONFIGURATION_INVALID, PrintableText.of(text), problem,
					"write an absolute path, such as unix:/run/app.sock");
		}

	}

}
