package dev.mtls.boot.client;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;

import dev.mtls.event.MtlsEvent;
import dev.mtls.gate.Gate;
import dev.mtls.gate.GateSettings;
import dev.mtls.gate.KillSwitch;
import dev.mtls.gate.SnapshotLocations;
import dev.mtls.gate.SnapshotLocationsBuilder;
import dev.mtls.test.TestAuthority;
import dev.mtls.tls.TlsProfile;

/**
 * The gate of a client, over files that a test can change. It is walked each 100
 * milliseconds, as an application's is each second or more often.
 */
public final class ClientGate implements AutoCloseable {

	/**
	 * Told by the gate so far.
	 */
	public final Queue<MtlsEvent> events = new ConcurrentLinkedQueue<>();

	public final KillSwitch killSwitch = new KillSwitch(false);

	public final TestAuthority authority = TestAuthority.create();

	private final ScheduledExecutorService executor = Executors.newSingleThreadScheduledExecutor((task) -> {
		Thread thread = new Thread(task, "client-gate");
		thread.setDaemon(true);
		return thread;
	});

	private final Path directory;

	private final Gate gate;

	/**
	 * Open a gate with the certificate of {@code client}, which trusts its authority.
	 * @param directory where to put the files
	 */
	public ClientGate(Path directory) {
		this(directory, true, UnaryOperator.identity());
	}

	/**
	 * Open a gate.
	 * @param directory where to put the files
	 * @param hostNameChecked whether host names are checked
	 * @param locations adds rules
	 */
	@SuppressWarnings("FutureReturnValueIgnored")
	public ClientGate(Path directory, boolean hostNameChecked, UnaryOperator<SnapshotLocationsBuilder> locations) {
		this.directory = directory;
		presents("client");
		this.authority.writeTo(directory, "ca");
		SnapshotLocationsBuilder builder = SnapshotLocations.builder("mtls.client")
			.pem(directory.resolve("client.crt").toUri().toString(), directory.resolve("client.key").toUri().toString(),
					null)
			.trustCertificates(List.of(directory.resolve("ca.crt").toUri().toString()));
		this.gate = Gate
			.builder(GateSettings.client("client", hostNameChecked, TlsProfile.defaults()),
					locations.apply(builder).build())
			.killSwitch(this.killSwitch)
			.executor(this.executor)
			.events(this.events::add)
			.open();
		this.executor.scheduleWithFixedDelay(this.gate::walk, 100, 100, TimeUnit.MILLISECONDS);
	}

	public Gate gate() {
		return this.gate;
	}

	/**
	 * Write another certificate, which is presented from the next reload on.
	 * @param name the name of the client
	 */
	public void presents(String name) {
		this.authority.client(name).writeTo(this.directory, "client");
	}

	/**
	 * Write a file of rules that {@link SnapshotLocations} may name.
	 * @param name the name of the file
	 * @param rules the rules
	 * @return its location
	 */
	public String rules(String name, String... rules) {
		return rules(this.directory, name, rules);
	}

	/**
	 * Write a file of rules, before there is a gate.
	 * @param directory the directory
	 * @param name the name of the file
	 * @param rules the rules
	 * @return its location
	 */
	public static String rules(Path directory, String name, String... rules) {
		try {
			return Files.write(directory.resolve(name), List.of(rules)).toUri().toString();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	@Override
	public void close() {
		this.executor.shutdownNow();
	}

}
