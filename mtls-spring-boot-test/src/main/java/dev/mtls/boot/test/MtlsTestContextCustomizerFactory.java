package dev.mtls.boot.test;

import java.util.List;

import org.jspecify.annotations.Nullable;
import org.springframework.test.context.ContextConfigurationAttributes;
import org.springframework.test.context.ContextCustomizer;
import org.springframework.test.context.ContextCustomizerFactory;
import org.springframework.test.context.TestContextAnnotationUtils;

/**
 * {@link ContextCustomizerFactory} for {@link MtlsTest @MtlsTest}.
 */
final class MtlsTestContextCustomizerFactory implements ContextCustomizerFactory {

	@Override
	public @Nullable ContextCustomizer createContextCustomizer(Class<?> testClass,
			List<ContextConfigurationAttributes> configAttributes) {
		MtlsTest annotation = TestContextAnnotationUtils.findMergedAnnotation(testClass, MtlsTest.class);
		return (annotation != null) ? new MtlsTestContextCustomizer(List.of(annotation.clientNames())) : null;
	}

}
