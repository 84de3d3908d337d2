package dev.mtls.boot.autoconfigure;

import java.util.Map;
import java.util.Objects;

import org.springframework.boot.autoconfigure.condition.ConditionMessage;
import org.springframework.boot.autoconfigure.condition.ConditionOutcome;
import org.springframework.boot.autoconfigure.condition.SpringBootCondition;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationPropertySource;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.boot.context.properties.source.ConfigurationPropertyState;
import org.springframework.context.annotation.ConditionContext;
import org.springframework.core.env.Environment;
import org.springframework.core.type.AnnotatedTypeMetadata;

import dev.mtls.decision.MtlsException;
import dev.mtls.decision.Reason;

/**
 * {@link SpringBootCondition} behind {@link ConditionalOnMtls @ConditionalOnMtls}.
 */
final class OnMtlsCondition extends SpringBootCondition {

	@Override
	public ConditionOutcome getMatchOutcome(ConditionContext context, AnnotatedTypeMetadata metadata) {
		Environment environment = context.getEnvironment();
		ConditionMessage.Builder message = ConditionMessage.forCondition(ConditionalOnMtls.class);
		Binder binder = Binder.get(environment);
		if (!isEnabled(binder)) {
			return ConditionOutcome.noMatch(message.because("mtls.enabled is false"));
		}
		Map<String, Object> attributes = Objects
			.requireNonNull(metadata.getAnnotationAttributes(ConditionalOnMtls.class.getName()));
		for (String prefix : (String[]) Objects.requireNonNull(attributes.get("value"))) {
			if (isOn(environment, binder, prefix)) {
				return ConditionOutcome.match(message.foundExactly(prefix));
			}
		}
		return ConditionOutcome.noMatch(message.because("no side is enabled or has a key set"));
	}

	static boolean isEnabled(Environment environment) {
		return isEnabled(Binder.get(environment));
	}

	private static boolean isEnabled(Binder binder) {
		return binder.bind("mtls.enabled", Boolean.class).orElse(true);
	}

	static boolean isOn(Environment environment, String prefix) {
		return isOn(environment, Binder.get(environment), prefix);
	}

	private static boolean isOn(Environment environment, Binder binder, String prefix) {
		return binder.bind(prefix + ".enabled", Boolean.class)
			.orElseGet(() -> isAnyKeySet(environment, ConfigurationPropertyName.of(prefix)));
	}

	private static boolean isAnyKeySet(Environment environment, ConfigurationPropertyName prefix) {
		boolean named = false;
		for (ConfigurationPropertySource source : ConfigurationPropertySources.get(environment)) {
			if (source.containsDescendantOf(prefix) == ConfigurationPropertyState.PRESENT) {
				return true;
			}
			named |= source.getConfigurationProperty(prefix) != null;
		}
		if (named) {
			// Off would be a guess, and the worse one
			throw new MtlsException(Reason.CONFIGURATION_INVALID, prefix.toString(), "no key below it is set",
					"set one, or remove it");
		}
		return false;
	}

}
