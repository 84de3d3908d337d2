package dev.mtls.test;

import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.util.function.Predicate;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;
import org.junit.jupiter.api.extension.TestInstancePostProcessor;
import org.junit.platform.commons.support.HierarchyTraversalMode;
import org.junit.platform.commons.support.ReflectionSupport;

/**
 * Extension of JUnit Jupiter that gives tests a {@link TestAuthority} and its
 * {@link TestFiles}, as parameters of constructors and methods and in fields that hold
 * nothing yet. A test class, with the classes nested in it, has one authority, and its
 * files are deleted after its last test.
 *
 * <pre class="code">
 * &#064;ExtendWith(TestAuthorityExtension.class)
 * class ServerTests {
 *
 *     &#064;Test
 *     void startWithFiles(TestFiles files) {
 *         start(files.server(), files.ca());
 *     }
 *
 * }
 * </pre>
 */
public final class TestAuthorityExtension implements BeforeAllCallback, TestInstancePostProcessor, ParameterResolver {

	private static final ExtensionContext.Namespace NAMESPACE = ExtensionContext.Namespace
		.create(TestAuthorityExtension.class);

	@Override
	public void beforeAll(ExtensionContext context) throws IllegalAccessException {
		setFields(context.getRequiredTestClass(), null, context, (field) -> Modifier.isStatic(field.getModifiers()));
	}

	@Override
	public void postProcessTestInstance(Object test, ExtensionContext context) throws IllegalAccessException {
		setFields(test.getClass(), test, context, (field) -> !Modifier.isStatic(field.getModifiers()));
	}

	@Override
	public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
		return isSupported(parameter.getParameter().getType());
	}

	@Override
	public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
		return resolve(parameter.getParameter().getType(), context);
	}

	private static void setFields(Class<?> type, @Nullable Object test, ExtensionContext context,
			Predicate<Field> condition) throws IllegalAccessException {
		for (Field field : ReflectionSupport.findFields(type, (candidate) -> isSupported(candidate.getType())
				&& !Modifier.isFinal(candidate.getModifiers()) && condition.test(candidate),
				HierarchyTraversalMode.TOP_DOWN)) {
			field.setAccessible(true);
			if (field.get(test) == null) {
				field.set(test, resolve(field.getType(), context));
			}
		}
	}

	private static boolean isSupported(Class<?> type) {
		return type == TestAuthority.class || type == TestFiles.class;
	}

	private static Object resolve(Class<?> type, ExtensionContext context) {
		TestFiles files = outermost(context).getStore(NAMESPACE)
			.computeIfAbsent(TestFiles.class, (key) -> TestFiles.create(TestAuthority.create()), TestFiles.class);
		return (type == TestFiles.class) ? files : files.authority();
	}

	private static ExtensionContext outermost(ExtensionContext context) {
		ExtensionContext outermost = context;
		while (outermost.getParent().filter((parent) -> parent.getTestClass().isPresent()).isPresent()) {
			outermost = outermost.getParent().get();
		}
		return outermost;
	}

}
