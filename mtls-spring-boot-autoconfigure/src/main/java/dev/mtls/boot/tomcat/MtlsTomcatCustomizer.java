package dev.mtls.boot.tomcat;

import org.apache.coyote.ProtocolHandler;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.tomcat.TomcatWebServerFactory;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.core.Ordered;

import dev.mtls.address.AddressSet;
import dev.mtls.boot.server.GatedSsl;
import dev.mtls.decision.MtlsException;
import dev.mtls.decision.Reason;
import dev.mtls.gate.Gate;

/**
 * {@link WebServerFactoryCustomizer} that puts Tomcat behind a {@link Gate}.
 */
public final class MtlsTomcatCustomizer implements WebServerFactoryCustomizer<TomcatWebServerFactory>, Ordered {

	private final Gate gate;

	private final String bundle;

	private final @Nullable AddressSet proxyNetworks;

	/**
	 * Create a customizer.
	 * @param gate the gate
	 * @param bundle the name of the SSL bundle that stands for the gate
	 * @param proxyNetworks where proxies connect from that speak the PROXY protocol,
	 * which Tomcat does not, or {@code null}
	 */
	public MtlsTomcatCustomizer(Gate gate, String bundle, @Nullable AddressSet proxyNetworks) {
		this.gate = gate;
		this.bundle = bundle;
		this.proxyNetworks = proxyNetworks;
	}

	@Override
	public void customize(TomcatWebServerFactory factory) {
		if (this.proxyNetworks != null) {
			throw new MtlsException(Reason.ENGINE_UNSUPPORTED,
					"mtls.%s.proxy-protocol".formatted(this.gate.settings().name()),
					"Tomcat cannot speak the PROXY protocol", "use Jetty or Netty, or remove it");
		}
		GatedSsl.configure(factory, this.gate, this.bundle);
		GatedSsl.checkStapling(this.gate);
		factory.setProtocol(MtlsHttp11NioProtocol.class.getName());
		factory.addProtocolHandlerCustomizers((ProtocolHandler handler) -> {
			if (handler instanceof MtlsHttp11NioProtocol protocol) {
				protocol.setGate(this.gate);
			}
		});
	}

	/**
	 * After Spring Boot's own customizer, which has order 0.
	 */
	@Override
	public int getOrder() {
		return 1;
	}

}
