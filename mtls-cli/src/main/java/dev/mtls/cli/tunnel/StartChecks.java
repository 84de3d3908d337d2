package dev.mtls.cli.tunnel;

import java.io.IOException;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.channels.SocketChannel;
import java.nio.channels.UnresolvedAddressException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

import dev.mtls.address.HostAndPort;
import dev.mtls.cli.console.PemFile;
import dev.mtls.decision.MtlsException;
import dev.mtls.decision.Reason;
import dev.mtls.source.Document;
import dev.mtls.source.Source;
import dev.mtls.tcp.tunnel.TunnelAddress;

/**
 * Refuses at once files and ports that the application could not use either, once it has
 * taken its time to start.
 */
final class StartChecks {

	private static final String FILE = "file:";

	private final GivenFlags given;

	StartChecks(GivenFlags given) {
		this.given = given;
	}

	/**
	 * Check the files, and then the ports.
	 * @throws MtlsException if a file cannot be read or written, or a port is in use
	 */
	void check() {
		this.given.text(Flags.CONFIG).ifPresent((file) -> new PemFile(Flags.CONFIG, Path.of(file)).bytes());
		this.given.flags().all().stream().filter((flag) -> flag.valuePrefix().equals(FILE)).forEach(this::checkFiles);
		this.given.text(Flags.LOG_FILE).ifPresent((file) -> checkLog(Path.of(file).toAbsolutePath()));
		this.given.address(Flags.LISTEN, TunnelAddress::ofListener)
			.ifPresent((address) -> checkListener(Flags.LISTEN, address));
		this.given.address(Flags.STATUS, HostAndPort::ofListener)
			.ifPresent((address) -> checkPort(Flags.STATUS, address));
	}

	/**
	 * Check that an address can be listened at.
	 * @param place the flag or property that names it
	 * @param address the address
	 * @throws MtlsException if another process listens there, or it is not this machine's
	 */
	static void checkListener(String place, TunnelAddress address) {
		if (address instanceof TunnelAddress.Internet internet) {
			checkPort(place, internet.hostAndPort());
		}
	}

	private void checkFiles(Flag flag) {
		if (this.given.values().get(flag.name()) instanceof List<?> values) {
			values.forEach((value) -> checkReadable(Source.ofMany(flag.name(), flag.rule(value))));
		}
		else {
			this.given.text(flag.name()).ifPresent((value) -> checkReadable(Source.of(flag.name(), flag.rule(value))));
		}
	}

	private static void checkReadable(Source source) {
		try {
			source.read().forEach(Document::close);
		}
		catch (MtlsException ex) {
			// How large a file may be is the application's to say
			if (ex.reason() == Reason.SOURCE_UNREADABLE) {
				throw ex;
			}
		}
	}

	private static void checkLog(Path file) {
		Path existing = Files.exists(file) ? file : file.getParent();
		if (Files.isDirectory(file) || existing == null || !Files.isWritable(existing)) {
			throw new MtlsException(Reason.TARGET_UNWRITABLE, "%s=%s".formatted(Flags.LOG_FILE, file),
					"It cannot be written", "Name a file in a directory that exists and may be written to");
		}
	}

	private static void checkPort(String place, HostAndPort address) {
		// Bound without listening, so that nobody can connect
		try (SocketChannel channel = SocketChannel.open()) {
			channel.setOption(StandardSocketOptions.SO_REUSEADDR, true);
			channel.bind(new InetSocketAddress(address.host(), address.port()));
		}
		catch (BindException ex) {
			throw new MtlsException(Reason.BIND_FAILED, "%s=%s".formatted(place, address),
					"It cannot be listened at: " + ex.getMessage(), Reason.BIND_FAILED.fix(), ex);
		}
		catch (IOException | UnresolvedAddressException ex) {
			// The application says what it makes of it
		}
	}

}
