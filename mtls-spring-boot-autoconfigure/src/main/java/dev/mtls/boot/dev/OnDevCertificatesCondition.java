package dev.mtls.boot.dev;

import org.springframework.boot.autoconfigure.condition.ConditionMessage;
import org.springframework.boot.autoconfigure.condition.ConditionOutcome;
import org.springframework.boot.autoconfigure.condition.SpringBootCondition;
import org.springframework.context.annotation.ConditionContext;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.type.AnnotatedTypeMetadata;

/**
 * {@link SpringBootCondition} behind {@link ConditionalOnDevCertificates}.
 */
final class OnDevCertificatesCondition extends SpringBootCondition {

	@Override
	public ConditionOutcome getMatchOutcome(ConditionContext context, AnnotatedTypeMetadata metadata) {
		boolean inUse = context.getEnvironment() instanceof ConfigurableEnvironment environment
				&& environment.getPropertySources().contains(DevEnvironmentPostProcessor.PROPERTY_SOURCE);
		return new ConditionOutcome(inUse, ConditionMessage.forCondition(ConditionalOnDevCertificates.class)
			.because(inUse ? "they are in use" : "mtls.dev.enabled is off or everything is configured"));
	}

}
