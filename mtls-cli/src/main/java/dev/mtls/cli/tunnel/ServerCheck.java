package dev.mtls.cli.tunnel;

import java.util.Locale;

/**
 * What the certificate of a server must hold.
 */
enum ServerCheck {

	HOSTNAME, IDENTITY, BOTH;

	@Override
	public String toString() {
		return name().toLowerCase(Locale.ROOT);
	}

}
