package dev.mtls.cli.tunnel;

import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/**
 * Reads a duration such as {@code 500ms}, {@code 30s}, {@code 5m} or {@code 8h}.
 */
final class DurationConverter implements ITypeConverter<Duration> {

	private static final Pattern SYNTAX = Pattern.compile("([0-9]{1,7})(ms|s|m|h|d)");

	@Override
	public Duration convert(String value) {
		Matcher matcher = SYNTAX.matcher(value);
		if (!matcher.matches()) {
			throw new TypeConversionException("'%s' is no duration; write 500ms, 30s, 5m or 8h".formatted(value));
		}
		long count = Long.parseLong(matcher.group(1));
		return switch (matcher.group(2)) {
			case "ms" -> Duration.ofMillis(count);
			case "s" -> Duration.ofSeconds(count);
			case "m" -> Duration.ofMinutes(count);
			case "h" -> Duration.ofHours(count);
			default -> Duration.ofDays(count);
		};
	}

}
