package dev.mtls.cli.tunnel;

import java.util.Locale;

/**
 * How the log is written.
 */
enum LogFormat {

	TEXT, ECS, GELF, LOGSTASH;

	@Override
	public String toString() {
		return name().toLowerCase(Locale.ROOT);
	}

}
