package dev.mtls.boot.autoconfigure;

import java.util.Locale;
import java.util.Set;

import org.springframework.boot.cloud.CloudPlatform;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.core.env.Environment;
import org.springframework.util.StringUtils;

import dev.mtls.decision.MtlsException;
import dev.mtls.decision.Reason;

/**
 * What {@code server.forward-headers-strategy} says about headers with the address of a
 * client.
 */
final class ForwardHeadersStrategy {

	private static final String PROPERTY = "server.forward-headers-strategy";

	private static final String NATIVE = "native";

	private final String configured;

	private final boolean cloud;

	ForwardHeadersStrategy(Environment environment) {
		this.configured = Binder.get(environment)
			.bind(PROPERTY, String.class)
			.orElse("")
			.strip()
			.toLowerCase(Locale.ROOT);
		CloudPlatform platform = CloudPlatform.getActive(environment);
		this.cloud = platform != null && platform.isUsingForwardHeaders();
	}

	/**
	 * Whether somebody has said whom to believe.
	 * @return {@code false} if it is left to Spring Boot
	 */
	boolean isSet() {
		return StringUtils.hasText(this.configured);
	}

	/**
	 * Check that the address of a connection, and the header, are still what they were
	 * when a filter of ours sees them.
	 * @param strategies those that change them before
	 * @throws MtlsException if one of them is in force
	 */
	void refuse(Set<String> strategies) {
		String effective = (!isSet() && this.cloud) ? NATIVE : this.configured;
		if (strategies.contains(effective)) {
			throw new MtlsException(Reason.CONFIGURATION_CONFLICT,
					isSet() ? "%s=%s".formatted(PROPERTY, this.configured) : PROPERTY,
					"the address of a proxy is replaced before it can be told from that of its client%s"
						.formatted(isSet() ? "" : ", as Spring Boot has it on this platform"),
					"set it to none, or remove %s.forwarded".formatted(MtlsServerProperties.PREFIX));
		}
	}

}
