package dev.mtls.tcp.tunnel;

import java.io.IOException;
import java.net.ConnectException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;

/**
 * The files of Unix domain sockets that a tunnel listens at.
 */
final class UnixDomainSockets {

	private UnixDomainSockets() {
	}

	/**
	 * Make way for a socket: one that nobody listens at any more is removed.
	 * @param path where the socket is to be
	 * @throws IOException if somebody listens at it, or it is another kind of file
	 */
	static void makeWay(Path path) throws IOException {
		if (!Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
			return;
		}
		if (!Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS).isOther()) {
			throw new IOException("there is a file that is no socket");
		}
		if (isListenedAt(path)) {
			throw new IOException("Address already in use");
		}
		Files.delete(path);
	}

	/**
	 * Remove the file of a socket that is listened at no more.
	 * @param path where the socket is
	 */
	static void remove(Path path) {
		try {
			Files.deleteIfExists(path);
		}
		catch (IOException ex) {
			// The next start makes way
		}
	}

	private static boolean isListenedAt(Path path) {
		try (SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
			return channel.connect(UnixDomainSocketAddress.of(path));
		}
		catch (ConnectException ex) {
			return false;
		}
		catch (IOException ex) {
			// It may well be somebody else's
			return true;
		}
	}

}
