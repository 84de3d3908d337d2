package dev.mtls.boot.autoconfigure;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.NestedConfigurationProperty;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.core.env.Environment;

import dev.mtls.address.HostAndPort;
import dev.mtls.decision.MtlsException;
import dev.mtls.decision.Reason;
import dev.mtls.gate.Gate;
import dev.mtls.tcp.TcpTimeouts;
import dev.mtls.tcp.server.MtlsTcpServer;

/**
 * A TCP server. Its key, trust and rules are those of {@code mtls.server}, and each of
 * its clients needs a certificate.
 *
 * @param enabled Whether the server is started.
 * @param listen Where to listen, as host:port. Port 0 stands for a free one.
 * @param readTimeout Time in which something must come from a client. Unlimited if not
 * set.
 * @param writeTimeout Time in which what is sent to a client must be written. Unlimited
 * if not set.
 * @param idleTimeout Time in which something must be sent in either direction. Unlimited
 * if not set.
 * @param drainTime Time that connections may go on when the application stops. That of
 * spring.lifecycle.timeout-per-shutdown-phase if not set, which it cannot exceed.
 * @param limits What a client may use up.
 */
record TcpServerProperties(@DefaultValue("true") boolean enabled, @Nullable String listen,
		@Nullable Duration readTimeout, @Nullable Duration writeTimeout, @Nullable Duration idleTimeout,
		@Nullable Duration drainTime, @NestedConfigurationProperty @DefaultValue LimitsProperties limits) {

	static final String PREFIX = "mtls.tcp.servers";

	private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9_-]*");

	/**
	 * Bind the properties of all servers.
	 * @param environment the environment
	 * @return the properties by the names of the servers
	 */
	static Map<String, TcpServerProperties> of(Environment environment) {
		Map<String, TcpServerProperties> servers = new LinkedHashMap<>();
		for (String name : StrictProperties.names(environment, PREFIX)) {
			checkName(PREFIX, name);
			servers.put(name, StrictProperties.bind(environment, prefix(name), TcpServerProperties.class));
		}
		return servers;
	}

	static String prefix(String name) {
		return "%s.%s".formatted(PREFIX, name);
	}

	static void checkName(String prefix, String name) {
		if (!NAME.matcher(name).matches()) {
			throw new MtlsException(Reason.CONFIGURATION_INVALID, "%s.%s".formatted(prefix, name),
					"the name is not one of letters, digits, '-' and '_'", "choose another name");
		}
	}

	MtlsTcpServer server(String name, Gate gate, Environment environment) {
		String prefix = prefix(name);
		HostAndPort address = address(prefix);
		return MtlsTcpServer.create(gate)
			.name(prefix)
			.host(address.host())
			.port(address.port())
			.timeouts(timeouts(prefix, this.readTimeout, this.writeTimeout, this.idleTimeout))
			.drainTime(ShutdownTime.of(environment, prefix + ".drain-time", this.drainTime));
	}

	private HostAndPort address(String prefix) {
		if (this.listen == null) {
			throw new MtlsException(Reason.CONFIGURATION_INVALID, prefix + ".listen", "it is not set",
					"set where to listen, such as 0.0.0.0:7443");
		}
		try {
			return HostAndPort.ofListener(this.listen);
		}
		catch (MtlsException ex) {
			throw ex.at(prefix + ".listen");
		}
	}

	static TcpTimeouts timeouts(String prefix, @Nullable Duration read, @Nullable Duration write,
			@Nullable Duration idle) {
		try {
			return new TcpTimeouts(read, write, idle);
		}
		catch (MtlsException ex) {
			throw new MtlsException(ex.reason(), "%s.%s".formatted(prefix, ex.place()), ex.problem(), ex.fix());
		}
	}

}
