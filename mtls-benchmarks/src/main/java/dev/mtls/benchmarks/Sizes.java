package dev.mtls.benchmarks;

/**
 * How much is measured, which system properties say.
 */
final class Sizes {

	private Sizes() {
	}

	/**
	 * A size that is at least one.
	 * @param name the name of the system property
	 * @param otherwise the size without it
	 * @return the size
	 */
	static int positive(String name, int otherwise) {
		return atLeast(1, name, otherwise);
	}

	/**
	 * A size that may be zero.
	 * @param name the name of the system property
	 * @param otherwise the size without it
	 * @return the size
	 */
	static int notNegative(String name, int otherwise) {
		return atLeast(0, name, otherwise);
	}

	private static int atLeast(int least, String name, int otherwise) {
		String value = System.getProperty(name);
		if (value == null) {
			return otherwise;
		}
		try {
			int size = Integer.parseInt(value);
			if (size >= least) {
				return size;
			}
		}
		catch (NumberFormatException ex) {
			// Refused below, with its name
		}
		throw new IllegalArgumentException(
				"-D%s=%s is not a whole number from %d to %d".formatted(name, value, least, Integer.MAX_VALUE));
	}

}
