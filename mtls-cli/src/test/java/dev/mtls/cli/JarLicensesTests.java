package dev.mtls.cli;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import java.util.jar.JarFile;
import java.util.zip.ZipEntry;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for the licenses and notices in the jar, of everything that is in it.
 */
@EnabledIfSystemProperty(named = "mtls.jar", matches = ".+", disabledReason = "The jar is not made yet")
class JarLicensesTests {

	@Test
	void jarHoldsItsLicense() throws Exception {
		assertThat(read("META-INF/LICENSE")).contains("Apache License", "Version 2.0");
	}

	@Test
	void jarListsWhatIsInIt() throws Exception {
		assertThat(read("META-INF/THIRD-PARTY.txt")).contains("org.bouncycastle:bcprov-jdk18on:",
				"ch.qos.logback:logback-classic:", "io.netty:netty-tcnative-boringssl-static:", "org.slf4j:slf4j-api:",
				"org.springframework:spring-core:");
	}

	@Test
	void jarHoldsTheTextsThatLicensesAskFor() throws Exception {
		assertThat(read("META-INF/licenses/bouncycastle.txt")).contains("The Legion of the Bouncy Castle");
		assertThat(read("META-INF/licenses/EPL-2.0.txt")).contains("Eclipse Public License - v 2.0");
		assertThat(read("META-INF/licenses/HdrHistogram.txt")).contains("Gil Tene");
		assertThat(read("META-INF/licenses/logback.txt")).contains("Eclipse Public License");
		assertThat(read("META-INF/licenses/slf4j.txt")).contains("QOS.ch");
		assertThat(read("META-INF/license/LICENSE.boringssl.txt")).contains("BoringSSL");
	}

	@Test
	void jarHoldsTheNoticesOfAllJarsInIt() throws Exception {
		assertThat(read("META-INF/NOTICE")).contains("Micrometer", "Jackson");
		assertThat(read("META-INF/NOTICE.txt")).contains("Spring Boot", "Spring Framework", "Netty");
	}

	private static String read(String name) throws IOException {
		try (JarFile jar = new JarFile(Objects.requireNonNull(System.getProperty("mtls.jar")))) {
			ZipEntry entry = jar.getEntry(name);
			assertThat(entry).as(name).isNotNull();
			return new String(jar.getInputStream(entry).readAllBytes(), StandardCharsets.UTF_8);
		}
	}

}
