package dev.mtls.boot.diagnostics;

import java.util.List;

import org.springframework.boot.EnvironmentPostProcessor;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName.Form;
import org.springframework.boot.context.properties.source.ConfigurationPropertySource;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.boot.context.properties.source.IterableConfigurationPropertySource;
import org.springframework.boot.context.properties.source.UnboundElementsSourceFilter;
import org.springframework.core.Ordered;
import org.springframework.core.env.ConfigurableEnvironment;

import dev.mtls.decision.MtlsException;
import dev.mtls.decision.Reason;

/**
 * {@link EnvironmentPostProcessor} that refuses what is misspelt right below
 * {@code mtls}, such as {@code mtls.sever.certificate}: nothing would be bound to it, and
 * the server would start without TLS. Environment variables and system properties are
 * left out, as Spring Boot does, because others put names there too.
 */
final class UnknownPrefixEnvironmentPostProcessor implements EnvironmentPostProcessor, Ordered {

	private static final ConfigurationPropertyName ROOT = ConfigurationPropertyName.of("mtls");

	private static final List<String> KNOWN = List.of("audit", "client", "clients", "dev", "enabled", "health",
			"kill-switch", "management", "reload", "server", "tcp", "tunnels");

	private static final List<String> KNOWN_OF_TCP = List.of("clients", "servers");

	private static final UnboundElementsSourceFilter FILTER = new UnboundElementsSourceFilter();

	@Override
	public void postProcessEnvironment(ConfigurableEnvironment environment, SpringApplication application) {
		for (ConfigurationPropertySource source : ConfigurationPropertySources.get(environment)) {
			if (source instanceof IterableConfigurationPropertySource iterable && FILTER.apply(source)) {
				iterable.filter(ROOT::isAncestorOf).forEach(UnknownPrefixEnvironmentPostProcessor::check);
			}
		}
	}

	/**
	 * After the application's configuration has been read.
	 */
	@Override
	public int getOrder() {
		return Ordered.LOWEST_PRECEDENCE;
	}

	private static void check(ConfigurationPropertyName name) {
		check(name, 1, KNOWN);
		if (name.getElement(1, Form.UNIFORM).equals("tcp")) {
			check(name, 2, KNOWN_OF_TCP);
		}
	}

	private static void check(ConfigurationPropertyName name, int index, List<String> allKnown) {
		if (name.getNumberOfElements() <= index || allKnown.stream()
			.noneMatch((known) -> name.getElement(index, Form.UNIFORM).equals(known.replace("-", "")))) {
			throw new MtlsException(Reason.CONFIGURATION_INVALID, name.toString(), "there is no such key",
					"what may follow %s. is %s".formatted(name.chop(index), String.join(", ", allKnown)));
		}
	}

}
