package dev.mtls.cli.doctor;

import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/**
 * Reads a timeout such as {@code 500ms}, {@code 5s} or {@code 1m}.
 */
final class TimeoutConverter implements ITypeConverter<Duration> {

	private static final Pattern SYNTAX = Pattern.compile("([0-9]{1,7})(ms|s|m)");

	private static final Duration MAX = Duration.ofMinutes(10);

	@Override
	public Duration convert(String value) {
		Matcher matcher = SYNTAX.matcher(value);
		if (!matcher.matches()) {
			throw invalid(value);
		}
		long count = Long.parseLong(matcher.group(1));
		Duration duration = switch (matcher.group(2)) {
			case "ms" -> Duration.ofMillis(count);
			case "s" -> Duration.ofSeconds(count);
			default -> Duration.ofMinutes(count);
		};
		if (duration.toMillis() < 1 || duration.compareTo(MAX) > 0) {
			throw invalid(value);
		}
		return duration;
	}

	private static TypeConversionException invalid(String value) {
		return new TypeConversionException("'%s' is no timeout; write 500ms, 5s or 1m, at most 10m".formatted(value));
	}

}
