package dev.mtls.integration;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Stream;

import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.platform.commons.support.AnnotationSupport;

/**
 * Looks for the program of {@link RequiresProgram} before each test. (In a condition for
 * the whole class Surefire would leave out the reason.)
 */
final class RequiresProgramExtension implements BeforeEachCallback {

	@Override
	public void beforeEach(ExtensionContext context) {
		RequiresProgram required = find(context).orElseThrow();
		String program = required.value();
		Assumptions.assumeTrue(isInstalled(program), () -> "%s is not installed (package %s)".formatted(program,
				required.ofPackage().isEmpty() ? program : required.ofPackage()));
	}

	private static Optional<RequiresProgram> find(ExtensionContext context) {
		return AnnotationSupport.findAnnotation(context.getRequiredTestMethod(), RequiresProgram.class)
			.or(() -> AnnotationSupport.findAnnotation(context.getRequiredTestClass(), RequiresProgram.class));
	}

	private static boolean isInstalled(String program) {
		return Stream.of(System.getenv().getOrDefault("PATH", "").split(File.pathSeparator, -1))
			.map((directory) -> Path.of(directory, program))
			.anyMatch(Files::isExecutable);
	}

}
