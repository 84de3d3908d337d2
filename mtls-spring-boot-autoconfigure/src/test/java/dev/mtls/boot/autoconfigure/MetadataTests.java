package dev.mtls.boot.autoconfigure;

import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for the configuration metadata, which editors show.
 */
class MetadataTests {

	private final JsonNode metadata = read();

	@Test
	void everyPropertyIsDescribedByASentence() {
		List<String> names = new ArrayList<>();
		for (JsonNode property : this.metadata.get("properties")) {
			String name = property.get("name").asString();
			names.add(name);
			assertThat(property.path("description").asString()).as(name).matches("(?s)[A-Z].+\\.");
			assertThat(property.path("type").asString()).as(name).isNotBlank();
		}
		assertThat(names).allMatch((name) -> name.matches("(management.endpoint.)?mtls(tunnels)?[.].+"))
			.contains("mtls.enabled", "mtls.server.certificate", "mtls.server.key-store.password",
					"mtls.server.trust-store.location", "mtls.client.key-store.alias", "mtls.reload.interval",
					"mtls.dev.directory");
	}

	@Test
	void propertiesThatHoldOthersAreGroupsAndNotProperties() {
		for (JsonNode property : this.metadata.get("properties")) {
			assertThat(property.get("type").asString()).doesNotEndWith("Properties");
		}
	}

	@Test
	void everyHintIsForAProperty() {
		Set<String> names = new HashSet<>();
		this.metadata.get("properties").forEach((property) -> names.add(property.get("name").asString()));
		assertThat(this.metadata.get("hints")).isNotEmpty();
		this.metadata.get("hints").forEach((hint) -> assertThat(names).contains(hint.get("name").asString()));
	}

	private static JsonNode read() {
		try {
			// Every jar of Spring Boot has a file of that name, and so have these tests
			URI classes = MtlsServerProperties.class.getProtectionDomain().getCodeSource().getLocation().toURI();
			Path file = Path.of(classes).resolve("META-INF/spring-configuration-metadata.json");
			return new JsonMapper().readTree(Files.readString(file));
		}
		catch (IOException | URISyntaxException ex) {
			throw new IllegalStateException(ex);
		}
	}

}
