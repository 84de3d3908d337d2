package dev.mtls.boot.test;

import java.util.List;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.springframework.test.context.ContextCustomizer;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link MtlsTestContextCustomizerFactory}.
 */
class MtlsTestContextCustomizerFactoryTests {

	@Test
	void createWhenNamesAreTheSameIsEqualSoThatContextsAreShared() {
		assertThat(customizer(First.class)).isNotNull()
			.isEqualTo(customizer(Second.class))
			.hasSameHashCodeAs(customizer(Second.class));
		assertThat(customizer(First.class)).isNotEqualTo(customizer(Named.class));
	}

	@Test
	void createWhenThereIsNoAnnotationIsNull() {
		assertThat(customizer(String.class)).isNull();
	}

	@Test
	void createWhenTheAnnotationIsInheritedIsThere() {
		assertThat(customizer(Inheriting.class)).isEqualTo(customizer(Named.class));
	}

	private static @Nullable ContextCustomizer customizer(Class<?> test) {
		return new MtlsTestContextCustomizerFactory().createContextCustomizer(test, List.of());
	}

	/**
	 * A test.
	 */
	@MtlsTest
	static class First {

	}

	/**
	 * Another test.
	 */
	@MtlsTest
	static class Second {

	}

	/**
	 * A test whose clients have a name.
	 */
	@MtlsTest(clientNames = "a.example")
	static class Named {

	}

	/**
	 * A test that is one by its superclass.
	 */
	static class Inheriting extends Named {

	}

}
