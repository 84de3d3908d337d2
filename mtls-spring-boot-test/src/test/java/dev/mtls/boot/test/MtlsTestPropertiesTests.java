package dev.mtls.boot.test;

import java.util.Map;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.StandardEnvironment;

import dev.mtls.test.TestAuthority;
import dev.mtls.test.TestFiles;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link MtlsTestProperties}.
 */
class MtlsTestPropertiesTests {

	private final TestFiles files = TestFiles.create(TestAuthority.create());

	private final StandardEnvironment environment = new StandardEnvironment();

	@AfterEach
	void close() {
		this.files.close();
	}

	@Test
	void addConfiguresTheServer() {
		add();
		assertThat(property("mtls.server.certificate")).isEqualTo("file:" + this.files.server().certificate());
		assertThat(property("mtls.server.private-key")).isEqualTo("file:" + this.files.server().privateKey());
		assertThat(property("mtls.server.trust-certificates")).isEqualTo("file:" + this.files.ca());
		assertThat(property("mtls.server.revocation.crls")).isEqualTo("file:" + this.files.crl().file());
		assertThat(property("mtls.client.certificate")).isNull();
	}

	@Test
	void addWhenTheApplicationConfiguresTheServerTakesItsPlace() {
		application("mtls.server.certificate", "file:/etc/app/tls.crt");
		add();
		assertThat(property("mtls.server.certificate")).isEqualTo("file:" + this.files.server().certificate());
	}

	@ParameterizedTest
	@ValueSource(strings = { "mtls.client.certificate", "mtls.client.enabled", "mtls.client.pool.max-connections" })
	void addWhenTheApplicationHasTheClientOnConfiguresIt(String key) {
		application(key, "true");
		add();
		assertThat(property("mtls.client.certificate")).isEqualTo("file:" + this.files.client().certificate());
		assertThat(property("mtls.client.trust-certificates")).isEqualTo("file:" + this.files.ca());
	}

	@Test
	void addWhenTheApplicationHasCertificatesForDevelopmentConfiguresTheClient() {
		application("mtls.dev.enabled", "true");
		add();
		assertThat(property("mtls.client.private-key")).isEqualTo("file:" + this.files.client().privateKey());
		assertThat(property("mtls.dev.enabled")).isEqualTo("false");
	}

	@ParameterizedTest
	@CsvSource({ "mtls.server.certificate, mtls.server.private-key",
			"mtls.server.key-store.location, mtls.server.certificate", "mtls.server.bundle, mtls.server.private-key",
			"mtls.server.bundle, mtls.server.trust-certificates",
			"mtls.server.trust-store.location, mtls.server.trust-certificates",
			"mtls.server.trust-domains[td].trust-certificates, mtls.server.trust-certificates",
			"mtls.server.revocation.ocsp.enabled, mtls.server.revocation.crls",
			"mtls.client.bundle, mtls.client.certificate", "mtls.reload.enabled, mtls.reload.interval" })
	void addWhenTheTestSetsSomethingLeavesWhatBelongsToIt(String set, String left) {
		application("mtls.client.enabled", "true");
		this.environment.getPropertySources()
			.addFirst(new MapPropertySource("Inlined Test Properties", Map.of(set, "the test's")));
		add();
		assertThat(property(set)).isEqualTo("the test's");
		assertThat(property(left)).isNull();
	}

	@Test
	void addWhenTheTestWantsCertificatesForDevelopmentLeavesThem() {
		this.environment.getPropertySources()
			.addFirst(new MapPropertySource("Inlined Test Properties", Map.of("mtls.dev.enabled", "true")));
		add();
		assertThat(property("mtls.dev.enabled")).isEqualTo("true");
	}

	@Test
	void addWhenTheTestSetsTheTrustKeepsTheKey() {
		this.environment.getPropertySources()
			.addFirst(new MapPropertySource("Inlined Test Properties",
					Map.of("mtls.server.trust-certificates[0]", "the test's")));
		add();
		assertThat(property("mtls.server.trust-certificates")).isNull();
		assertThat(property("mtls.server.certificate")).isNotNull();
	}

	private void add() {
		new MtlsTestProperties(this.environment).add(this.files);
	}

	private void application(String key, String value) {
		this.environment.getPropertySources().addLast(new MapPropertySource("application.yml", Map.of(key, value)));
	}

	private @Nullable String property(String name) {
		return this.environment.getProperty(name);
	}

}
