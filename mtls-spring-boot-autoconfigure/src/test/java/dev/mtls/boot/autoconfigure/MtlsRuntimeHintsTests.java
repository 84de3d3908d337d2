package dev.mtls.boot.autoconfigure;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import io.netty.handler.ssl.ReferenceCountedOpenSslEngine;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.aot.hint.ExecutableHint;
import org.springframework.aot.hint.ExecutableMode;
import org.springframework.aot.hint.MemberCategory;
import org.springframework.aot.hint.RuntimeHints;
import org.springframework.aot.hint.RuntimeHintsRegistrar;
import org.springframework.aot.hint.TypeHint;
import org.springframework.aot.hint.TypeReference;
import org.springframework.aot.hint.predicate.RuntimeHintsPredicates;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.core.io.support.SpringFactoriesLoader;
import org.springframework.util.ClassUtils;

import dev.mtls.boot.tomcat.MtlsHttp11NioProtocol;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link MtlsRuntimeHints}.
 */
class MtlsRuntimeHintsTests {

	private static final Pattern LOOKED_FOR = Pattern
		.compile("(?:ClassUtils\\.isPresent|= isPresent|Class\\.forName)\\(\\s*\"(?!java\\.)([\\w.$]+)\"");

	private final RuntimeHints hints = new RuntimeHints();

	@BeforeEach
	void register() {
		SpringFactoriesLoader.forResourceLocation("META-INF/spring/aot.factories")
			.load(RuntimeHintsRegistrar.class)
			.stream()
			.filter(MtlsRuntimeHints.class::isInstance)
			.forEach((registrar) -> registrar.registerHints(this.hints, getClass().getClassLoader()));
	}

	@Test
	void typesThatAreLookedForAreFound() throws IOException {
		Set<String> types = new TreeSet<>();
		for (String module : Set.of("../mtls-core", "../mtls-tcp", ".")) {
			try (Stream<Path> files = Files.walk(Path.of(module, "src", "main", "java"))) {
				for (Path file : files.filter((file) -> file.toString().endsWith(".java")).toList()) {
					LOOKED_FOR.matcher(Files.readString(file)).results().forEach((found) -> types.add(found.group(1)));
				}
			}
		}
		assertThat(types).hasSizeGreaterThan(5)
			.filteredOn((type) -> ClassUtils.isPresent(type, null))
			.allSatisfy((type) -> assertThat(
					RuntimeHintsPredicates.reflection().onType(TypeReference.of(type)).test(this.hints))
				.as(type)
				.isTrue());
	}

	@Test
	void protocolOfTomcatIsMadeByItsName() {
		assertThat(RuntimeHintsPredicates.reflection()
			.onType(MtlsHttp11NioProtocol.class)
			.withMemberCategories(MemberCategory.INVOKE_PUBLIC_CONSTRUCTORS, MemberCategory.INVOKE_PUBLIC_METHODS))
			.accepts(this.hints);
	}

	@Test
	void protocolOfTomcatIsLeftOutWithoutTomcat() {
		RuntimeHints others = new RuntimeHints();
		new MtlsRuntimeHints().registerHints(others,
				new FilteredClassLoader("org.apache.coyote", "org.apache.catalina", "reactor.netty"));
		assertThat(RuntimeHintsPredicates.reflection().onType(MtlsHttp11NioProtocol.class)).rejects(others);
		assertThat(RuntimeHintsPredicates.reflection().onType(TypeReference.of("reactor.netty.Connection")))
			.rejects(others);
	}

	@ParameterizedTest
	@CsvSource({ "java.lang.Thread, ofVirtual", "java.lang.Thread$Builder, name", "java.lang.Thread$Builder, factory",
			"javax.net.ssl.SSLParameters, getNamedGroups", "javax.net.ssl.SSLParameters, setNamedGroups" })
	void methodOfNewerJdksIsInvoked(String type, String method) {
		// A JDK without them has no such method to ask for
		TypeHint hint = Objects.requireNonNull(this.hints.reflection().getTypeHint(TypeReference.of(type)));
		assertThat(hint.methods()).filteredOn((executable) -> executable.getName().equals(method))
			.singleElement()
			.extracting(ExecutableHint::getMode)
			.isEqualTo(ExecutableMode.INVOKE);
	}

	@Test
	void fieldOfTheNativeEngineIsRead() {
		assertThat(RuntimeHintsPredicates.reflection()
			.onFieldAccess(ReferenceCountedOpenSslEngine.class, "receivedShutdown")).accepts(this.hints);
	}

}
