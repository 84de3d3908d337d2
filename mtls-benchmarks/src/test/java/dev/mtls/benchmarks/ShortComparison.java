package dev.mtls.benchmarks;

import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;

/**
 * The programs of documented commands that are no benchmarks of JMH: sizes with which
 * each ends within seconds, and the lines that it then has to print.
 */
enum ShortComparison {

	ADDRESS_SET_MEMORY(AddressSetMemory.class, "-Dnetworks=1000",
			"IPV4: 1000 networks in \\d+ ranges, -?\\d+ bytes, .*",
			"IPV6: 1000 networks in \\d+ ranges, -?\\d+ bytes, .*"),

	CRL_MEMORY(CrlMemory.class, "-Dentries=1000", "serial numbers of 4 octets: 1000 entries, -?\\d+ bytes, .*",
			"serial numbers of 8 octets: 1000 entries, -?\\d+ bytes, .*",
			"serial numbers of 16 octets: 1000 entries, -?\\d+ bytes, .*",
			"serial numbers of 20 octets: 1000 entries, -?\\d+ bytes, .*"),

	CRL_SWAP(CrlSwapComparison.class, "-Dentries=10000 -DwarmUps=2 -Dswaps=5 -DpauseMillis=200",
			"A CRL of 10000 entries read, verified and swapped: <figure> ms",
			"[1-9]\\d* requests during the swaps: median \\d+ µs, .*",
			"[1-9]\\d* requests between: median \\d+ µs, .*"),

	WALK(WalkComparison.class, "-Dconnections=100 -DwarmUps=2 -Dwalks=10 -DpauseMillis=100",
			"A change of the rules and a walk over 100 connections, half of them cut: <figure> ms",
			"[1-9]\\d* requests during the walks: median \\d+ µs, .*",
			"[1-9]\\d* requests between: median \\d+ µs, .*"),

	WHOLE_PROCESS(WholeProcessComparison.class, "-Dpairs=1 -DwarmUps=0 -Drounds=1 -Dconnections=2 -Drequests=50",
			"/hello: processor time with the starter, × that of Spring Boot alone: <figure>",
			"/hello: bytes a request with the starter, beside those of Spring Boot alone: <figure>",
			"/whoami: processor time with the starter, × that of Spring Boot alone: <figure>",
			"/whoami: bytes a request with the starter, beside those of Spring Boot alone: <figure>"),

	OUTBOUND(OutboundComparison.class, "-Dpairs=1 -DwarmUps=0 -Drounds=1 -Dconnections=2 -Drequests=50",
			"jdk: processor time with the starter, × that of Spring Boot alone: <figure>",
			"jdk: bytes a request with the starter, beside those of Spring Boot alone: <figure>",
			"http-components: processor time with the starter, × that of Spring Boot alone: <figure>",
			"http-components: bytes a request with the starter, beside those of Spring Boot alone: <figure>",
			"reactive-reactor: processor time with the starter, × that of Spring Boot alone: <figure>",
			"reactive-reactor: bytes a request with the starter, beside those of Spring Boot alone: <figure>"),

	REFUSAL(RefusalComparison.class, "-Dpairs=1 -DwarmUps=0 -Drounds=1 -Dclients=2 -Dresets=100 -Dhandshakes=10",
			"Before the handshake: <figure> refusals a second of processor time",
			"By a filter behind it: <figure> refusals a second of processor time", "Ratio: <figure>"),

	TCP(TcpComparison.class, "-DwarmUps=0 -Drounds=1 -Dhandshakes=20 -Dechoes=50 -Dmebibytes=1 -Dconnections=50",
			"GATE, × NETTY: full handshake, server's processor time, µs: <figure>",
			"GATE, × NETTY: resumed handshake, server's processor time, µs: <figure>",
			"GATE, × REACTOR_NETTY: echo of 64 bytes, median, µs: <figure>",
			"GATE, × REACTOR_NETTY: echo of 64 bytes, p99, µs: <figure>",
			"GATE, × REACTOR_NETTY: bulk both ways, seconds a GB: <figure>",
			"GATE, × REACTOR_NETTY: bulk both ways, server's processor seconds a GB: <figure>",
			"GATE: <number> KB a connection, of 50 idle ones", "NETTY: <number> KB a connection, of 50 idle ones",
			"REACTOR_NETTY: <number> KB a connection, of 50 idle ones"),

	CHANNEL(ChannelComparison.class, "-DwarmUps=0 -Drounds=1 -Dexchanges=50",
			"CHANNEL, × BARE_REACTOR_NETTY: 1 KiB there and back, median, µs: <figure>",
			"CHANNEL, × BARE_REACTOR_NETTY: 1 KiB there and back, p99, µs: <figure>",
			"CHANNEL, × BARE_REACTOR_NETTY: 1 KiB there and back, server's processor time, µs: <figure>",
			"BLOCKING_CHANNEL, × BARE_SOCKETS: 1 KiB there and back, median, µs: <figure>",
			"BLOCKING_CHANNEL, × BARE_SOCKETS: 1 KiB there and back, p99, µs: <figure>",
			"BLOCKING_CHANNEL, × BARE_SOCKETS: 1 KiB there and back, server's processor time, µs: <figure>"),

	COMMAND_LINE(CommandLineTime.class, "-Drounds=1", "ca create .*: <figure> ms", "cert create .*: <figure> ms",
			"cert show .*: <figure> ms", "cert check .*: <figure> ms", "cert renew .*: <figure> ms",
			"cert revoke .*: <figure> ms", "crl show .*: <figure> ms"),

	TUNNEL(TunnelComparison.class,
			"-DwarmUps=0 -Drounds=1 -Dmegabytes=32 -DroundTrips=50 -Dstarts=1 -Dconnections=20 -DquietSeconds=0",
			"\\| \\| MTLS \\| HAPROXY \\| STUNNEL \\| NETTY \\|", tunnelRow("bulk, processor seconds a GB, both ends"),
			tunnelRow("bulk, MB/s"), tunnelRow("64 bytes there and back, median, µs"),
			tunnelRow("64 bytes there and back, p99, µs"), tunnelRow("from start to accepting, the slower end, ms"),
			tunnelRow("resident memory when idle, the larger end, MiB"),
			tunnelRow("resident memory of an idle connection, the larger end, KiB"),
			tunnelRow("the same, once as many were closed, KiB"), "\\| MTLS \\| median \\| bound \\| held \\|",
			"\\| bulk, MB/s, × HAPROXY \\| <number> \\| ≥ 1.2 \\| (yes|no) \\|");

	private static final String NUMBER = "-?\\d+\\.\\d+";

	private static final String FIGURE = "%1$s \\(quarters %1$s and %1$s, %1$s to %1$s\\)".formatted(NUMBER);

	private final Class<?> program;

	private final String sizes;

	private final String lines;

	ShortComparison(Class<?> program, String sizes, String... lines) {
		this.program = program;
		this.sizes = sizes;
		this.lines = String.join("\n", lines);
	}

	/**
	 * The one that a command runs.
	 * @param command the documented command
	 * @return the comparison
	 */
	static ShortComparison of(String command) {
		List<String> words = List.of(command.split(" ", -1));
		return Arrays.stream(values())
			.filter((comparison) -> words.contains(comparison.program.getName()))
			.findFirst()
			.orElseThrow(() -> new IllegalStateException("Nothing is known of the program of '%s'".formatted(command)));
	}

	/**
	 * The options of the JVM that make it short.
	 * @return the options
	 */
	String sizes() {
		return this.sizes;
	}

	/**
	 * What it has to print.
	 * @return the lines
	 */
	List<Pattern> lines() {
		return this.lines.lines()
			.map((line) -> Pattern.compile(
					"^%s$".formatted(line.replace("<figure>", FIGURE).replace("<number>", NUMBER)), Pattern.MULTILINE))
			.toList();
	}

	private static String tunnelRow(String name) {
		return "\\| %s \\|( <number> \\|){4}".formatted(name);
	}

}
