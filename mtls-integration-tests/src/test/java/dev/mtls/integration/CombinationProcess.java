package dev.mtls.integration;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.awaitility.Awaitility;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A {@link MinimalApplication} as a process with the class path of a {@link Combination}.
 */
final class CombinationProcess implements AutoCloseable {

	private static final Duration BOUND = Duration.ofSeconds(60);

	private static final Pattern PORT = Pattern.compile("^port=(\\d+)$", Pattern.MULTILINE);

	private final Process process;

	private final Path log;

	private CombinationProcess(Process process, Path log) {
		this.process = process;
		this.log = log;
	}

	/**
	 * Start the application.
	 * @param combination what is on its class path
	 * @param directory where its files are put, beside {@code server.crt},
	 * {@code server.key} and {@code ca.crt}
	 * @param properties its properties as {@code --key=value}
	 * @return the process, which may still be starting
	 */
	static CombinationProcess start(Combination combination, Path directory, List<String> properties)
			throws IOException {
		List<String> command = new ArrayList<>(
				List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-XX:TieredStopAtLevel=1",
						"-Dreactor.netty.ioShutdownQuietPeriod=0", "-cp"));
		if (combination.server() == Combination.Server.WAR) {
			Path war = directory.resolve("war");
			copy(war.resolve("WEB-INF/classes"), MinimalApplication.class, MinimalWar.class);
			combination.classPath().copyTo(war.resolve("WEB-INF/lib"));
			ClassPath container = ClassPath.of(
					List.of("org.apache.tomcat.embed:tomcat-embed-core", "jakarta.annotation:jakarta.annotation-api"),
					Set.of());
			Path classes = copy(directory.resolve("classes"), WarContainer.class);
			command.addAll(
					List.of(container.with(classes).toString(), WarContainer.class.getName(), directory.toString()));
		}
		else {
			Path classes = copy(directory.resolve("classes"), MinimalApplication.class);
			command
				.addAll(List.of(combination.classPath().with(classes).toString(), MinimalApplication.class.getName()));
		}
		command.addAll(properties);
		Path log = directory.resolve("application.log");
		return new CombinationProcess(new ProcessBuilder(command).directory(directory.toFile())
			.redirectErrorStream(true)
			.redirectOutput(log.toFile())
			.start(), log);
	}

	/**
	 * Await that it listens.
	 * @return its port
	 */
	int awaitPort() {
		Awaitility.await().atMost(BOUND).until(() -> !this.process.isAlive() || PORT.matcher(output()).find());
		Matcher matcher = PORT.matcher(output());
		assertThat(matcher.find()).as(this::output).isTrue();
		return Integer.parseInt(matcher.group(1));
	}

	/**
	 * Have it end by itself.
	 * @return all that it has written
	 */
	String end() throws InterruptedException {
		this.process.destroy();
		assertThat(this.process.waitFor(BOUND.toSeconds(), TimeUnit.SECONDS)).as("has ended within " + BOUND).isTrue();
		return output();
	}

	@Override
	public void close() {
		this.process.destroyForcibly();
	}

	private String output() {
		try {
			return Files.readString(this.log);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private static Path copy(Path directory, Class<?>... types) throws IOException {
		for (Class<?> type : types) {
			String name = type.getName().replace('.', '/') + ".class";
			Path file = directory.resolve(name);
			Files.createDirectories(file.getParent());
			try (InputStream bytes = type.getClassLoader().getResourceAsStream(name)) {
				Files.write(file, Objects.requireNonNull(bytes).readAllBytes());
			}
		}
		return directory;
	}

}
