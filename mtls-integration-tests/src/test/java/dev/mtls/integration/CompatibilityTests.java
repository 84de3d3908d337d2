package dev.mtls.integration;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import dev.mtls.integration.Combination.Library;
import dev.mtls.integration.Combination.Server;
import dev.mtls.test.TestAuthority;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/**
 * Tests for applications with one server and some of the optional libraries, each as a
 * process of its own. Every two of the libraries, and every library and server, are there
 * together, without each other, and one without the other.
 */
@Tag("class-paths")
class CompatibilityTests {

	private static final Path DOCUMENT = Path.of("..", "docs", "compatibility.md");

	private static final String CLIENT = "api.example.com";

	private static final TestAuthority authority = TestAuthority.create();

	private static final TlsClient trusted = new TlsClient(authority.client(CLIENT).sslContext(authority), "TLSv1.3");

	private static final TlsClient anonymous = new TlsClient(authority.sslContext(), "TLSv1.3");

	@ParameterizedTest
	@MethodSource("combinations")
	void applicationServesPeersWithACertificateAlone(Combination combination, @TempDir Path directory)
			throws Exception {
		List<String> properties = properties(combination, directory);
		try (CombinationProcess process = CombinationProcess.start(combination, directory, properties)) {
			int port = process.awaitPort();
			assertThat(trusted.get(port, "/name").body()).isEqualTo(CLIENT);
			assertRefused(combination, port);
			assertThat(combination.present()).allSatisfy((type) -> assertThat(isPresent(port, type)).isEqualTo("true"));
			assertThat(combination.absent()).allSatisfy((type) -> assertThat(isPresent(port, type)).isEqualTo("false"));
			assertBeans(combination, trusted.get(port, "/beans").body());
			assertThat(trusted.get(port, "/actuator/mtls").status())
				.isEqualTo(combination.libraries().contains(Library.ACTUATOR) ? 200 : 404);
			assertThat(process.end()).doesNotContain("NoClassDefFoundError", "ClassNotFoundException", "NoSuchMethod");
		}
	}

	@Test
	void starterBringsNoneOfTheOptionalLibraries() {
		assertThat(ClassPath.of(List.of("dev.mtls:mtls-spring-boot-starter"), Set.of()).names())
			.contains("dev.mtls:mtls-core", "dev.mtls:mtls-spring-boot-autoconfigure", "dev.mtls:mtls-tcp")
			.noneMatch((name) -> name.matches(
					".*(tomcat|jetty|netty|reactor|security|actuator|micrometer-(core|metrics)|servlet|mockito).*"));
	}

	@Test
	void documentedCombinationsAreThoseOfTheTests() throws IOException {
		assertThat(Files.readAllLines(DOCUMENT)).filteredOn((line) -> line.matches("\\| [^|]+ \\|( (yes|–) \\|){4}"))
			.containsExactlyElementsOf(combinations().map(Combination::row).toList());
	}

	private static void assertRefused(Combination combination, int port) throws IOException {
		if (combination.server() == Server.WAR) {
			assertThat(anonymous.get(port, "/name").status()).isEqualTo(401);
		}
		else {
			assertThatThrownBy(() -> anonymous.get(port, "/name")).isInstanceOf(IOException.class);
		}
	}

	private static void assertBeans(Combination combination, String beans) {
		for (Library library : Library.values()) {
			if (!library.bean().isEmpty()) {
				assertThat(beans.lines().anyMatch((name) -> name.startsWith(library.bean()))).as("beans of %s", library)
					.isEqualTo(combination.libraries().contains(library));
			}
		}
	}

	private static String isPresent(int port, String type) throws IOException {
		return trusted.get(port, "/present?type=" + type).body();
	}

	private static List<String> properties(Combination combination, Path directory) {
		authority.server().writeTo(directory, "server");
		authority.writeTo(directory, "ca");
		Stream<String> key = (combination.server() == Server.WAR) ? Stream.empty()
				: Stream.of("--mtls.server.certificate=file:" + directory.resolve("server.crt"),
						"--mtls.server.private-key=file:" + directory.resolve("server.key"));
		return Stream.concat(key, Stream.of("--mtls.server.trust-certificates=file:" + directory.resolve("ca.crt"),
				"--server.port=0", "--management.endpoints.web.exposure.include=*", "--spring.main.banner-mode=off"))
			.toList();
	}

	private static Stream<Combination> combinations() {
		return Stream.of(Combination.of(Server.TOMCAT),
				Combination.of(Server.TOMCAT, Library.SECURITY, Library.ACTUATOR),
				Combination.of(Server.TOMCAT, Library.MICROMETER, Library.REACTOR),
				Combination.of(Server.TOMCAT, Library.values()), Combination.of(Server.JETTY),
				Combination.of(Server.JETTY, Library.SECURITY, Library.MICROMETER),
				Combination.of(Server.JETTY, Library.ACTUATOR, Library.MICROMETER),
				Combination.of(Server.JETTY, Library.values()), Combination.of(Server.NETTY, Library.REACTOR),
				Combination.of(Server.NETTY, Library.values()), Combination.of(Server.WAR),
				Combination.of(Server.WAR, Library.SECURITY, Library.REACTOR),
				Combination.of(Server.WAR, Library.values()));
	}

}
