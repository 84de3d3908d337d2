package dev.mtls.boot.autoconfigure;

import java.util.Objects;

import org.springframework.boot.rsocket.autoconfigure.RSocketProperties;
import org.springframework.boot.web.server.Ssl;

import dev.mtls.boot.rsocket.RSocketPort;
import dev.mtls.decision.MtlsException;
import dev.mtls.decision.Reason;
import dev.mtls.gate.Gate;

/**
 * Reads where an RSocket server listens.
 */
final class RSocketPorts {

	private RSocketPorts() {
	}

	static RSocketPort of(RSocketProperties.Server server, Gate gate) {
		if (Ssl.isEnabled(server.getSsl())) {
			throw new MtlsException(Reason.CONFIGURATION_CONFLICT, "spring.rsocket.server.ssl",
					"it is configured beside mtls.server, and only one of them can set up the server",
					"remove spring.rsocket.server.ssl.*, or set mtls.server.enabled=false");
		}
		if (!gate.settings().keyRequired()) {
			throw new MtlsException(Reason.CONFIGURATION_CONFLICT, "spring.rsocket.server.port",
					"the server that this application is deployed to speaks TLS, and RSocket has a port of its own",
					"remove it, or run the application with a server of its own");
		}
		return new RSocketPort(server.getTransport(), server.getAddress(),
				Objects.requireNonNull(server.getPort(), "spring.rsocket.server.port"), server.getFragmentSize());
	}

}
