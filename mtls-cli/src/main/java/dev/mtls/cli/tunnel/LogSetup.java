package dev.mtls.cli.tunnel;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.context.logging.LoggingApplicationListener;
import org.springframework.boot.context.properties.bind.BindException;
import org.springframework.boot.logging.LogFile;
import org.springframework.boot.logging.LogLevel;
import org.springframework.boot.logging.LoggingSystem;
import org.springframework.core.NestedExceptionUtils;
import org.springframework.core.env.ConfigurableEnvironment;

import dev.mtls.decision.MtlsException;
import dev.mtls.decision.Reason;

/**
 * Sets up the log, and leaves it to the command to say why that failed.
 */
final class LogSetup extends LoggingApplicationListener {

	/** What tells of an application that does not start. */
	static final List<String> REPORTERS = List.of(SpringApplication.class.getName(),
			"org.springframework.boot.diagnostics.LoggingFailureAnalysisReporter");

	@Override
	protected void initialize(ConfigurableEnvironment environment, ClassLoader classLoader) {
		PrintStream err = System.err;
		ByteArrayOutputStream written = new ByteArrayOutputStream();
		System.setErr(new PrintStream(written, true, StandardCharsets.UTF_8));
		try {
			checkFile(environment);
			super.initialize(environment, classLoader);
			String complaint = written.toString(StandardCharsets.UTF_8);
			if (!complaint.isEmpty() && !environment.containsProperty(CONFIG_PROPERTY)) {
				throw new IllegalArgumentException(
						complaint.lines().findFirst().orElseThrow().replaceFirst(".* - ", ""));
			}
			err.print(complaint);
		}
		catch (RuntimeException ex) {
			silenceReporters(classLoader);
			throw translate(ex);
		}
		finally {
			System.setErr(err);
		}
	}

	/**
	 * Have nobody but the command tell of an application that does not start.
	 * @param classLoader the class loader of the application
	 */
	static void silenceReporters(ClassLoader classLoader) {
		LoggingSystem system = LoggingSystem.get(classLoader);
		REPORTERS.forEach((reporter) -> system.setLogLevel(reporter, LogLevel.OFF));
	}

	// The log itself would go on without its file
	private static void checkFile(ConfigurableEnvironment environment) {
		LogFile file = LogFile.get(environment);
		if (file == null) {
			return;
		}
		Path path = Path.of(file.toString()).toAbsolutePath();
		try {
			Files.createDirectories(path.getParent());
			Files.newOutputStream(path, StandardOpenOption.CREATE, StandardOpenOption.APPEND).close();
		}
		catch (IOException ex) {
			String property = environment.containsProperty(LogFile.FILE_NAME_PROPERTY) ? LogFile.FILE_NAME_PROPERTY
					: LogFile.FILE_PATH_PROPERTY;
			throw new MtlsException(Reason.TARGET_UNWRITABLE, "%s=%s".formatted(property, file), "It cannot be written",
					"Name a file that this process may write to, in a directory", ex);
		}
	}

	private static RuntimeException translate(RuntimeException failure) {
		Throwable cause = NestedExceptionUtils.getMostSpecificCause(failure);
		String message = cause.getMessage();
		// A level has a property of its own to blame
		return (failure instanceof MtlsException || failure instanceof BindException) ? failure
				: new MtlsException(Reason.CONFIGURATION_INVALID, "logging",
						"The log cannot be set up: "
								+ ((message != null && message.contains(" ")) ? message : cause.toString()),
						"Correct the properties of the log", failure);
	}

}
