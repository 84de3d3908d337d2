package dev.mtls.cli.certificate;

import java.time.Duration;

import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/**
 * A number of days.
 *
 * @param count how many
 */
public record Days(int count) {

	private static final int MAX = 36500;

	/**
	 * The time that they take.
	 * @return the time
	 */
	public Duration duration() {
		return Duration.ofDays(this.count);
	}

	@Override
	public String toString() {
		return Integer.toString(this.count);
	}

	/**
	 * Reads them from the command line.
	 */
	public static final class Converter implements ITypeConverter<Days> {

		@Override
		public Days convert(String value) {
			try {
				int count = Integer.parseInt(value);
				if (count >= 1 && count <= MAX) {
					return new Days(count);
				}
			}
			catch (NumberFormatException ex) {
				// As any other that is none
			}
			throw new TypeConversionException("'%s' is no number of days from 1 to %d".formatted(value, MAX));
		}

	}

}
