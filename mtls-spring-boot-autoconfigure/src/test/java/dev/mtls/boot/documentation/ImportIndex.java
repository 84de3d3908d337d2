package dev.mtls.boot.documentation;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What the sources of this project import by each name, so that code of the documentation
 * needs no imports; and a few more.
 */
final class ImportIndex {

	private static final Pattern IMPORT = Pattern.compile("(?m)^import ((?:static )?)([\\w.]+\\.(\\w+));$");

	private static final Pattern PACKAGE = Pattern.compile("(?m)^package ([\\w.]+);$");

	private static final Pattern IDENTIFIER = Pattern.compile("(?<![\\w.\"])\\w+(?=(\\(?))");

	private static final Pattern STRING = Pattern.compile("\"(?:[^\"\\\\\\n]|\\\\.)*\"");

	private static final List<String> FURTHER = List.of(
			"org.springframework.security.core.annotation.AuthenticationPrincipal",
			"org.springframework.security.oauth2.core.DelegatingOAuth2TokenValidator",
			"org.springframework.security.oauth2.jwt.JwtIssuerValidator",
			"org.springframework.web.bind.annotation.PathVariable");

	private final Map<String, String> types = new HashMap<>();

	private final Map<String, String> methods = new HashMap<>();

	/**
	 * Read the sources.
	 * @param root the root of the project
	 */
	ImportIndex(Path root) {
		FURTHER.forEach((type) -> this.types.put(type.substring(type.lastIndexOf('.') + 1), type));
		try (Stream<Path> files = Files.walk(root)) {
			files.filter((file) -> file.toString().endsWith(".java") && !file.toString().contains("target"))
				.sorted()
				.forEach(this::add);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/**
	 * The imports of a piece of code.
	 * @param code the code, without imports of its own
	 * @return a line for each
	 */
	String imports(String code) {
		return IDENTIFIER.matcher(STRING.matcher(code).replaceAll("\"\""))
			.results()
			.map(this::importOf)
			.filter(Objects::nonNull)
			.distinct()
			.sorted()
			.map("import %s;%n"::formatted)
			.collect(Collectors.joining());
	}

	private String importOf(MatchResult identifier) {
		String method = identifier.group(1).isEmpty() ? null : this.methods.get(identifier.group());
		return (method != null) ? method : this.types.get(identifier.group());
	}

	private void add(Path file) {
		String source = read(file);
		IMPORT.matcher(source).results().forEach((match) -> {
			if (match.group(1).isEmpty()) {
				this.types.putIfAbsent(match.group(3), match.group(2));
			}
			else {
				this.methods.putIfAbsent(match.group(3), "static " + match.group(2));
			}
		});
		String type = file.getFileName().toString().replace(".java", "");
		if (file.toString().contains("main")) {
			PACKAGE.matcher(source).results().forEach((match) -> this.types.put(type, match.group(1) + "." + type));
		}
	}

	private static String read(Path file) {
		try {
			return Files.readString(file);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

}
