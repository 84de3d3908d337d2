package dev.mtls.boot.autoconfigure;

import java.util.List;
import java.util.Map;
import java.util.Objects;

import org.springframework.boot.autoconfigure.condition.ConditionMessage;
import org.springframework.boot.autoconfigure.condition.ConditionOutcome;
import org.springframework.boot.autoconfigure.condition.SpringBootCondition;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.context.annotation.ConditionContext;
import org.springframework.core.env.Environment;
import org.springframework.core.type.AnnotatedTypeMetadata;

/**
 * {@link SpringBootCondition} behind
 * {@link ConditionalOnWantedCertificate @ConditionalOnWantedCertificate}.
 */
final class OnWantedCertificateCondition extends SpringBootCondition {

	@Override
	public ConditionOutcome getMatchOutcome(ConditionContext context, AnnotatedTypeMetadata metadata) {
		Map<String, ?> attributes = Objects
			.requireNonNull(metadata.getAnnotationAttributes(ConditionalOnWantedCertificate.class.getName()));
		String prefix = Objects.requireNonNull((String) attributes.get("value"));
		return outcome(context.getEnvironment(), prefix);
	}

	static boolean isWanted(Environment environment, String prefix) {
		return outcome(environment, prefix).isMatch();
	}

	private static ConditionOutcome outcome(Environment environment, String prefix) {
		ConditionMessage.Builder message = ConditionMessage.forCondition(ConditionalOnWantedCertificate.class, prefix);
		if ("want".equalsIgnoreCase(environment.getProperty(prefix + ".client-auth"))) {
			return ConditionOutcome.match(message.foundExactly("client-auth=want"));
		}
		if (environment.getProperty(prefix + ".exclude-probes", Boolean.class, false)) {
			return ConditionOutcome.match(message.foundExactly("exclude-probes=true"));
		}
		List<String> paths = Binder.get(environment)
			.bind(prefix + ".excluded-paths", Bindable.listOf(String.class))
			.orElse(List.of());
		return paths.isEmpty() ? ConditionOutcome.noMatch(message.because("every request needs a certificate"))
				: ConditionOutcome.match(message.foundExactly("excluded-paths"));
	}

}
