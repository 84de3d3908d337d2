package dev.mtls.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Measures how long commands of {@code mtls} take, each as a process of its own by its
 * launcher, from its start to its end. The commands take turns.
 */
public final class CommandLineTime {

	private static final int ROUNDS = Sizes.positive("rounds", 25);

	private static final List<String> COMMANDS = List.of("ca create --name A --force",
			"cert create --client --name a --ca ca.crt --force", "cert show a.crt", "cert check a.crt",
			"cert renew a.crt --ca ca.crt --force", "cert revoke a.crt --ca ca.crt", "crl show ca.crl");

	private CommandLineTime() {
	}

	/**
	 * Run the commands.
	 * @param args the launcher, {@code mtls-cli/target/mtls} if there is none
	 */
	public static void main(String[] args) throws Exception {
		Path launcher = Path.of((args.length > 0) ? args[0] : "mtls-cli/target/mtls").toAbsolutePath();
		Map<String, Medians> millis = new LinkedHashMap<>();
		try (TestBed testBed = new TestBed()) {
			Path directory = Files.createTempDirectory(testBed.directory(), "commands");
			for (int i = 0; i < ROUNDS; i++) {
				for (String command : COMMANDS) {
					millis.computeIfAbsent(command, (name) -> new Medians()).add(run(launcher, directory, command));
				}
			}
		}
		millis.forEach((command, times) -> System.out.printf("%s: %s ms%n", command, times));
	}

	private static double run(Path launcher, Path directory, String command) throws IOException, InterruptedException {
		List<String> all = new ArrayList<>(List.of(launcher.toString()));
		all.addAll(List.of(command.split(" ", -1)));
		long start = System.nanoTime();
		int status = new ProcessBuilder(all).directory(directory.toFile())
			.redirectErrorStream(true)
			.redirectOutput(ProcessBuilder.Redirect.DISCARD)
			.start()
			.waitFor();
		double took = (System.nanoTime() - start) / 1e6;
		if (status != 0) {
			throw new IOException("'%s' ended with %d".formatted(command, status));
		}
		return took;
	}

}
