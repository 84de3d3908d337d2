package dev.mtls.boot.autoconfigure;

import org.springframework.boot.autoconfigure.condition.AnyNestedCondition;
import org.springframework.boot.autoconfigure.condition.ConditionMessage;
import org.springframework.boot.autoconfigure.condition.ConditionOutcome;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWarDeployment;
import org.springframework.boot.autoconfigure.condition.SpringBootCondition;
import org.springframework.boot.web.context.reactive.ReactiveWebApplicationContext;
import org.springframework.boot.web.server.context.WebServerApplicationContext;
import org.springframework.context.annotation.ConditionContext;
import org.springframework.context.annotation.Conditional;
import org.springframework.core.io.ResourceLoader;
import org.springframework.core.type.AnnotatedTypeMetadata;
import org.springframework.util.ClassUtils;

/**
 * {@link AnyNestedCondition} behind
 * {@link ConditionalOnForeignServer @ConditionalOnForeignServer}.
 */
final class OnForeignServerCondition extends AnyNestedCondition {

	OnForeignServerCondition() {
		super(ConfigurationPhase.REGISTER_BEAN);
	}

	/**
	 * A servlet application.
	 */
	@ConditionalOnWarDeployment
	static class War {

	}

	/**
	 * A reactive application.
	 */
	@Conditional(OnReactiveHandlerCondition.class)
	static class ReactiveHandler {

	}

	/**
	 * {@link SpringBootCondition} that matches in a reactive context that starts no
	 * server.
	 */
	static final class OnReactiveHandlerCondition extends SpringBootCondition {

		private static final String SERVER_CONTEXT = "org.springframework.boot.web.server.context.WebServerApplicationContext";

		@Override
		public ConditionOutcome getMatchOutcome(ConditionContext context, AnnotatedTypeMetadata metadata) {
			ConditionMessage.Builder message = ConditionMessage.forCondition(ConditionalOnForeignServer.class);
			ResourceLoader application = context.getResourceLoader();
			if (!(application instanceof ReactiveWebApplicationContext)) {
				return ConditionOutcome.noMatch(message.because("this is no reactive web application"));
			}
			return startsServer(application) ? ConditionOutcome.noMatch(message.because("the context starts a server"))
					: ConditionOutcome.match(message.because("the context starts no server"));
		}

		private static boolean startsServer(ResourceLoader application) {
			return ClassUtils.isPresent(SERVER_CONTEXT, application.getClassLoader())
					&& application instanceof WebServerApplicationContext;
		}

	}

}
