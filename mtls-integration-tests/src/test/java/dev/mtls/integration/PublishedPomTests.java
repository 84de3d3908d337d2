package dev.mtls.integration;

import java.io.InputStream;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;

import javax.xml.parsers.DocumentBuilderFactory;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.w3c.dom.Element;
import org.w3c.dom.Node;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for the POMs that are published, as the build flattens them.
 */
class PublishedPomTests {

	@Test
	void bomManagesThePublishedModulesAndNothingElse() throws Exception {
		Element pom = flattened("mtls-bom");
		List<Element> managed = children(child(child(pom, "dependencyManagement"), "dependencies"), "dependency");
		assertThat(managed).extracting((dependency) -> text(dependency, "groupId")).containsOnly("dev.mtls");
		assertThat(managed).extracting((dependency) -> text(dependency, "artifactId"))
			.containsExactlyInAnyOrderElementsOf(publishedJars());
		assertThat(managed).extracting((dependency) -> text(dependency, "version")).containsOnly(text(pom, "version"));
		assertThat(children(pom, "dependencies")).isEmpty();
	}

	@ParameterizedTest
	@MethodSource("published")
	void pomSaysWhatItIs(String module) throws Exception {
		Element pom = flattened(module);
		for (String element : List.of("groupId", "artifactId", "version", "name", "description", "url")) {
			assertThat(text(pom, element)).as(element).isNotBlank();
		}
		assertThat(text(child(child(pom, "licenses"), "license"), "url")).startsWith("https://");
		assertThat(text(child(child(pom, "developers"), "developer"), "name")).isNotBlank();
		assertThat(text(child(pom, "scm"), "url")).isEqualTo(text(pom, "url"));
	}

	@ParameterizedTest
	@MethodSource("published")
	void pomHoldsNothingOfTheBuild(String module) throws Exception {
		Element pom = flattened(module);
		for (String element : List.of("parent", "build", "profiles", "properties", "repositories",
				"distributionManagement", "modules")) {
			assertThat(children(pom, element)).as(element).isEmpty();
		}
		assertThat(pom.getTextContent()).doesNotContain("${", PublishedModules.ROOT.toString());
	}

	@ParameterizedTest
	@MethodSource("publishedJars")
	void pomHoldsDependenciesWithVersionsAndManagesNone(String module) throws Exception {
		Element pom = flattened(module);
		assertThat(children(pom, "dependencyManagement")).isEmpty();
		List<Element> dependencies = children(child(pom, "dependencies"), "dependency");
		assertThat(dependencies).isNotEmpty();
		assertThat(dependencies).extracting((dependency) -> text(dependency, "version")).doesNotContain("");
		assertThat(dependencies).extracting((dependency) -> text(dependency, "scope"))
			.isSubsetOf("", "compile", "runtime");
	}

	@Test
	void pomOfAutoConfigurationPullsNoServerIn() throws Exception {
		List<Element> dependencies = children(child(flattened("mtls-spring-boot-autoconfigure"), "dependencies"),
				"dependency");
		assertThat(dependencies).filteredOn((dependency) -> !"true".equals(text(dependency, "optional")))
			.extracting((dependency) -> text(dependency, "artifactId"))
			.contains("mtls-core", "mtls-tcp", "spring-boot-autoconfigure")
			.noneMatch((artifact) -> artifact.matches(".*(tomcat|jetty|reactor|netty|security).*"));
		assertThat(dependencies).filteredOn((dependency) -> "mtls-tcp".equals(text(dependency, "artifactId")))
			.singleElement()
			.satisfies((dependency) -> assertThat(children(child(dependency, "exclusions"), "exclusion"))
				.extracting((exclusion) -> text(exclusion, "artifactId"))
				.contains("reactor-netty-core", "netty-transport-classes-epoll"));
	}

	private static List<String> published() {
		return PublishedModules.names();
	}

	private static List<String> publishedJars() {
		return PublishedModules.names().stream().filter((module) -> !module.equals("mtls-bom")).toList();
	}

	private static Element flattened(String module) throws Exception {
		DocumentBuilderFactory factory = DocumentBuilderFactory.newInstance();
		factory.setFeature("http://apache.org/xml/features/disallow-doctype-decl", true);
		try (InputStream pom = Files.newInputStream(PublishedModules.pom(module))) {
			return factory.newDocumentBuilder().parse(pom).getDocumentElement();
		}
	}

	private static Element child(Element parent, String name) {
		return children(parent, name).get(0);
	}

	private static List<Element> children(Element parent, String name) {
		List<Element> children = new ArrayList<>();
		for (Node node = parent.getFirstChild(); node != null; node = node.getNextSibling()) {
			if (node instanceof Element element && element.getTagName().equals(name)) {
				children.add(element);
			}
		}
		return children;
	}

	private static String text(Element parent, String name) {
		return children(parent, name).stream().map(Element::getTextContent).findFirst().orElse("");
	}

}
