package dev.mtls.boot.autoconfigure;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.NestedConfigurationProperty;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.core.env.Environment;

import dev.mtls.decision.MtlsException;
import dev.mtls.decision.Reason;
import dev.mtls.gate.Gate;
import dev.mtls.tcp.tunnel.MtlsTunnel;
import dev.mtls.tcp.tunnel.TunnelAddress;
import dev.mtls.tcp.tunnel.TunnelRole;
import dev.mtls.tcp.tunnel.TunnelTimeouts;

/**
 * A tunnel: a plain connection on one side, and mutual TLS on the other. A server has the
 * key, trust and rules of {@code mtls.server}, and a client those of an identity.
 *
 * @param enabled Whether the tunnel is started.
 * @param role Whether TLS is spoken with those who connect to the tunnel (server), or
 * with what the tunnel connects to (client).
 * @param listen Where to listen, as host:port or unix:/path. Port 0 stands for a free
 * one.
 * @param target Where to connect to, as host:port or unix:/path.
 * @param client Whose key, trust and rules a tunnel of role client uses: client for those
 * of mtls.client, or the name of one of mtls.clients.
 * @param serverName Name that a tunnel of role client asks the server for, and that the
 * server's certificate is checked for. The host of the target if not set.
 * @param allowAll Whether a tunnel of role server lets in whoever has a trusted
 * certificate.
 * @param disableAuthentication Whether a tunnel of role server asks for no certificate,
 * or one of role client has none.
 * @param unsafeListen Whether a tunnel of role client may be reached, without protection,
 * from other machines.
 * @param unsafeTarget Whether a tunnel of role server may connect, without protection, to
 * another machine.
 * @param proxyProtocol Whether to begin each connection to the target with a header of
 * the PROXY protocol, version 2, which tells who the client is.
 * @param connectTimeout Time that connecting to an address of the target may take.
 * @param closeTimeout Time in which one side must send something once the other has
 * closed.
 * @param idleTimeout Time in which something must be sent in either direction. Unlimited
 * if not set.
 * @param maxLifetime Time that a session may take in all. Unlimited if not set.
 * @param shutdownTimeout Time that sessions may go on when the application stops. That of
 * spring.lifecycle.timeout-per-shutdown-phase if not set, which it cannot exceed.
 * @param retry Whether and how connecting to the target is tried again. Not if none of
 * its keys is set.
 * @param limits What those who connect may use up. Of a tunnel of role client, the number
 * of connections alone.
 */
record TunnelProperties(@DefaultValue("true") boolean enabled, @Nullable TunnelRole role, @Nullable String listen,
		@Nullable String target, @Nullable String client, @Nullable String serverName,
		@DefaultValue("false") boolean allowAll, @DefaultValue("false") boolean disableAuthentication,
		@DefaultValue("false") boolean unsafeListen, @DefaultValue("false") boolean unsafeTarget,
		@DefaultValue("false") boolean proxyProtocol, @DefaultValue("10s") Duration connectTimeout,
		@DefaultValue("10s") Duration closeTimeout, @Nullable Duration idleTimeout, @Nullable Duration maxLifetime,
		@Nullable Duration shutdownTimeout, @NestedConfigurationProperty @Nullable TcpRetryProperties retry,
		@NestedConfigurationProperty @DefaultValue LimitsProperties limits) {

	static final String PREFIX = "mtls.tunnels";

	/**
	 * Bind the properties of all tunnels that are enabled.
	 * @param environment the environment
	 * @return the properties by the names of the tunnels
	 */
	static Map<String, TunnelProperties> enabled(Environment environment) {
		Map<String, TunnelProperties> tunnels = new LinkedHashMap<>();
		for (String name : StrictProperties.names(environment, PREFIX)) {
			TcpServerProperties.checkName(PREFIX, name);
			TunnelProperties properties = StrictProperties.bind(environment, prefix(name), TunnelProperties.class);
			if (properties.enabled()) {
				tunnels.put(name, properties);
			}
		}
		return tunnels;
	}

	static String prefix(String name) {
		return "%s.%s".formatted(PREFIX, name);
	}

	/**
	 * On which side the tunnel speaks TLS.
	 * @param name the name of the tunnel
	 * @return the role
	 * @throws MtlsException if it is not set, or a key is that only the other role has
	 */
	TunnelRole checkedRole(String name) {
		if (this.role == null) {
			throw missing(name, "role", "server, to accept TLS, or to client, to connect with TLS");
		}
		if (this.role == TunnelRole.SERVER) {
			checkUnset(name, "client", this.client != null);
			checkUnset(name, "server-name", this.serverName != null);
			checkUnset(name, "unsafe-listen", this.unsafeListen);
		}
		else {
			checkUnset(name, "allow-all", this.allowAll);
			checkUnset(name, "unsafe-target", this.unsafeTarget);
		}
		return this.role;
	}

	/**
	 * The identity whose gate a tunnel of role client has.
	 * @return the name of the identity
	 */
	String identity() {
		return (this.client != null) ? this.client : IdentityGates.STANDARD;
	}

	MtlsTunnel tunnel(String name, Gate gate, Environment environment) {
		MtlsTunnel tunnel = MtlsTunnel.create(gate)
			.name(name)
			.listen(listener(name))
			.target(address(name, "target", this.target, TunnelAddress::ofTarget, "127.0.0.1:8080"))
			.timeouts(timeouts(name, environment));
		tunnel = (this.serverName != null) ? tunnel.serverName(this.serverName) : tunnel;
		tunnel = this.disableAuthentication ? tunnel.disableAuthentication() : tunnel;
		tunnel = this.unsafeListen ? tunnel.unsafeListen() : tunnel;
		tunnel = this.unsafeTarget ? tunnel.unsafeTarget() : tunnel;
		tunnel = this.proxyProtocol ? tunnel.proxyProtocol() : tunnel;
		tunnel = (this.retry != null) ? tunnel.retry(this.retry.backoff(prefix(name) + ".retry")) : tunnel;
		return (this.role == TunnelRole.CLIENT) ? limited(name, tunnel, environment) : tunnel;
	}

	/**
	 * Where the tunnel listens.
	 * @param name the name of the tunnel
	 * @return the address
	 * @throws MtlsException if it is not set, or none that may be listened at
	 */
	TunnelAddress listener(String name) {
		return address(name, "listen", this.listen, TunnelAddress::ofListener, "127.0.0.1:8080");
	}

	// A plain connection has no handshake and no identity that could be limited
	private MtlsTunnel limited(String name, MtlsTunnel tunnel, Environment environment) {
		String prefix = prefix(name) + ".limits";
		for (String limit : StrictProperties.names(environment, prefix)) {
			if (!limit.equals("connections")) {
				throw conflict("%s.%s".formatted(prefix, limit), "plain connections are limited by their number alone",
						"remove it, or set %s.connections".formatted(prefix));
			}
		}
		try {
			return (this.limits.connections() != null) ? tunnel.maxConnections(this.limits.connections()) : tunnel;
		}
		catch (MtlsException ex) {
			throw new MtlsException(ex.reason(), "%s.connections=%d".formatted(prefix, this.limits.connections()),
					ex.problem(), ex.fix());
		}
	}

	private TunnelAddress address(String name, String key, @Nullable String text,
			Function<String, TunnelAddress> reader, String example) {
		if (text == null) {
			throw missing(name, key, "an address, such as %s or unix:/run/app.sock".formatted(example));
		}
		TunnelAddress address = read(name, key, text, reader);
		boolean plain = key.equals("target") == (this.role == TunnelRole.SERVER);
		boolean unsafe = key.equals("target") ? this.unsafeTarget : this.unsafeListen;
		if (plain && !unsafe && !address.isLocal()) {
			throw conflict("%s.%s=%s".formatted(prefix(name), key, address),
					"what is sent there has no protection, and it may not be on this machine",
					"set an address of the loopback interface or a Unix domain socket, or unsafe-%s=true"
						.formatted(key));
		}
		if (!plain && address instanceof TunnelAddress.UnixDomain) {
			throw new MtlsException(Reason.CONFIGURATION_INVALID, "%s.%s=%s".formatted(prefix(name), key, address),
					"TLS is not spoken over Unix domain sockets", "set a host and port");
		}
		return address;
	}

	private static TunnelAddress read(String name, String key, String text, Function<String, TunnelAddress> reader) {
		try {
			return reader.apply(text);
		}
		catch (MtlsException ex) {
			throw ex.at("%s.%s".formatted(prefix(name), key));
		}
	}

	private TunnelTimeouts timeouts(String name, Environment environment) {
		Duration shutdown = ShutdownTime.of(environment, prefix(name) + ".shutdown-timeout", this.shutdownTimeout);
		try {
			return new TunnelTimeouts(this.connectTimeout, this.closeTimeout, this.idleTimeout, this.maxLifetime,
					shutdown);
		}
		catch (MtlsException ex) {
			throw new MtlsException(ex.reason(), "%s.%s".formatted(prefix(name), ex.place()), ex.problem(), ex.fix());
		}
	}

	private void checkUnset(String name, String key, boolean set) {
		if (set) {
			TunnelRole other = (this.role == TunnelRole.SERVER) ? TunnelRole.CLIENT : TunnelRole.SERVER;
			throw conflict("%s.%s".formatted(prefix(name), key),
					"only a tunnel of role %s has it".formatted(other.name().toLowerCase(Locale.ROOT)),
					"remove it, or set another role");
		}
	}

	private static MtlsException missing(String name, String key, String values) {
		return new MtlsException(Reason.CONFIGURATION_INVALID, "%s.%s".formatted(prefix(name), key), "it is not set",
				"set it to " + values);
	}

	private static MtlsException conflict(String place, String problem, String fix) {
		return new MtlsException(Reason.CONFIGURATION_CONFLICT, place, problem, fix);
	}

}
