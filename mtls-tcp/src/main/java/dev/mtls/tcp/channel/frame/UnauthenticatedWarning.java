package dev.mtls.tcp.channel.frame;

import reactor.util.Logger;
import reactor.util.Loggers;

/**
 * The warning that nobody is authenticated, which stands in the log of whoever exchanges
 * keys without certificates.
 */
public final class UnauthenticatedWarning {

	private static final Logger logger = Loggers.getLogger("dev.mtls.tcp.channel.UnauthenticatedChannel");

	private UnauthenticatedWarning() {
	}

	/**
	 * Log the warning.
	 * @param name whom it is about
	 */
	public static void log(String name) {
		logger.warn("[{}] Nobody is authenticated here: somebody in between can read and change everything without "
				+ "being noticed; use SecureChannel wherever there can be certificates", name);
	}

}
