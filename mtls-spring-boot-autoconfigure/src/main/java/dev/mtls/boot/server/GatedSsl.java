package dev.mtls.boot.server;

import org.springframework.boot.web.server.AbstractConfigurableWebServerFactory;
import org.springframework.boot.web.server.Ssl;
import org.springframework.boot.web.server.Ssl.ClientAuth;

import dev.mtls.decision.MtlsException;
import dev.mtls.decision.Reason;
import dev.mtls.gate.Gate;
import dev.mtls.tls.JdkStapling;

/**
 * Puts a {@link Gate} in the place of {@code server.ssl.*}.
 */
public final class GatedSsl {

	private GatedSsl() {
	}

	/**
	 * Have a web server take the SSL bundle of a gate, and ask its clients for
	 * certificates.
	 * @param factory the factory of the web server
	 * @param gate the gate
	 * @param bundle the name of the SSL bundle that stands for the gate
	 * @throws MtlsException if {@code server.ssl.*} is configured beside it
	 */
	public static void configure(AbstractConfigurableWebServerFactory factory, Gate gate, String bundle) {
		if (Ssl.isEnabled(factory.getSsl())) {
			throw new MtlsException(Reason.CONFIGURATION_CONFLICT, "server.ssl",
					"it is configured beside mtls.server, and only one of them can set up the server",
					"remove server.ssl.*, or set mtls.server.enabled=false");
		}
		Ssl ssl = Ssl.forBundle(bundle);
		ssl.setClientAuth(gate.settings().certificateRequiredInHandshake() ? ClientAuth.NEED : ClientAuth.WANT);
		factory.setSsl(ssl);
	}

	/**
	 * Check that a server whose TLS engine is that of the JDK staples OCSP responses if
	 * the gate wants that.
	 * @param gate the gate
	 * @throws MtlsException with {@code ENGINE_UNSUPPORTED} if it does not
	 */
	public static void checkStapling(Gate gate) {
		if (gate.settings().ocspStapling()) {
			JdkStapling.check("mtls.%s.ocsp-stapling=true".formatted(gate.settings().name()));
		}
	}

}
