package dev.mtls.boot.autoconfigure;

import java.util.Set;

import javax.lang.model.element.Modifier;

import org.jspecify.annotations.Nullable;
import org.springframework.aot.generate.GeneratedMethod;
import org.springframework.aot.generate.GenerationContext;
import org.springframework.beans.factory.aot.BeanFactoryInitializationAotContribution;
import org.springframework.beans.factory.aot.BeanFactoryInitializationAotProcessor;
import org.springframework.beans.factory.aot.BeanFactoryInitializationCode;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.core.env.Environment;
import org.springframework.javapoet.CodeBlock;

/**
 * {@link BeanFactoryInitializationAotProcessor} that makes an application which was
 * processed ahead of time check that the properties are still those that decided which
 * beans it has.
 */
final class DecidingPropertiesAotProcessor implements BeanFactoryInitializationAotProcessor {

	@Override
	public @Nullable BeanFactoryInitializationAotContribution processAheadOfTime(
			ConfigurableListableBeanFactory beanFactory) {
		// The context of a management port has the environment of its parent
		if (beanFactory.getParentBeanFactory() != null) {
			return null;
		}
		Environment environment = beanFactory.getBean(ConfigurableApplicationContext.ENVIRONMENT_BEAN_NAME,
				Environment.class);
		return new Contribution(DecidingProperties.of(environment));
	}

	/**
	 * The call of the check.
	 *
	 * @param properties those that are set
	 */
	private record Contribution(Set<String> properties) implements BeanFactoryInitializationAotContribution {

		@Override
		public void applyTo(GenerationContext context, BeanFactoryInitializationCode code) {
			GeneratedMethod method = context.getGeneratedClasses()
				.addForFeatureComponent("Check", DecidingProperties.class,
						(type) -> type.addModifiers(Modifier.PUBLIC, Modifier.FINAL))
				.getMethods()
				.add("check",
						(check) -> check.addModifiers(Modifier.PUBLIC, Modifier.STATIC)
							.addParameter(Environment.class, "environment")
							.addStatement("$T.check(environment$L)", DecidingProperties.class, arguments()));
			code.addInitializer(method.toMethodReference());
		}

		private CodeBlock arguments() {
			CodeBlock.Builder arguments = CodeBlock.builder();
			this.properties.forEach((property) -> arguments.add(", $S", property));
			return arguments.build();
		}

	}

}
