package dev.mtls.integration;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import javax.xml.parsers.DocumentBuilderFactory;

import org.w3c.dom.Element;
import org.w3c.dom.Node;

/**
 * A jar of the local repository, or a module of this build, with its POM.
 *
 * @param file the jar, or the directory of the classes
 * @param name the name as {@code group:artifact}
 * @param pom the root of its POM
 */
record PublishedArtifact(Path file, String name, Element pom) {

	/**
	 * Find the artifact that a part of the class path is.
	 * @param file the jar, or the directory of the classes
	 * @return the artifact, or nothing if there is no POM
	 */
	static Stream<PublishedArtifact> find(Path file) {
		Path module = file.resolveSibling(Path.of("..", "pom.xml")).normalize();
		Path pom = Files.exists(module) ? module : file.resolveSibling(pomName(file));
		return Files.exists(pom) ? Stream.of(of(file, read(pom))) : Stream.empty();
	}

	/**
	 * What a user of this gets with it.
	 * @param exclusions what is left out, as {@code group:artifact}
	 * @return the dependencies
	 */
	List<Dependency> dependencies(Set<String> exclusions) {
		List<Dependency> dependencies = new ArrayList<>();
		for (Element element : elements(this.pom, "dependencies", "dependency")) {
			Dependency dependency = new Dependency(name(element), exclusions).with(element);
			boolean passedOn = !text(element, "optional").equals("true")
					&& Set.of("", "compile", "runtime").contains(text(element, "scope"));
			if (passedOn && !exclusions.contains(dependency.name())) {
				dependencies.add(dependency);
			}
		}
		return dependencies;
	}

	private static PublishedArtifact of(Path file, Element pom) {
		String group = text(pom, "groupId");
		return new PublishedArtifact(file, (group.isEmpty() ? text(elements(pom, "parent").get(0), "groupId") : group)
				+ ':' + text(pom, "artifactId"), pom);
	}

	// Of a jar with a classifier too
	private static String pomName(Path jar) {
		String version = jar.getName(jar.getNameCount() - 2).toString();
		String name = jar.getName(jar.getNameCount() - 1).toString();
		return name.substring(0, Math.max(name.indexOf(version), 0)) + version + ".pom";
	}

	private String name(Element dependency) {
		String group = text(dependency, "groupId");
		return (group.startsWith("${") ? this.name.substring(0, this.name.indexOf(':')) : group) + ':'
				+ text(dependency, "artifactId");
	}

	private static Element read(Path pom) {
		try {
			DocumentBuilderFactory factory = DocumentBuilderFactory.newInstance();
			factory.setFeature("http://apache.org/xml/features/disallow-doctype-decl", true);
			return factory.newDocumentBuilder().parse(pom.toFile()).getDocumentElement();
		}
		catch (Exception ex) {
			throw new IllegalStateException(pom.toString(), ex);
		}
	}

	private static List<Element> elements(Element parent, String... path) {
		List<Element> elements = List.of(parent);
		for (String name : path) {
			elements = elements.stream().flatMap((element) -> children(element, name)).toList();
		}
		return elements;
	}

	private static Stream<Element> children(Element parent, String name) {
		List<Element> children = new ArrayList<>();
		for (Node node = parent.getFirstChild(); node != null; node = node.getNextSibling()) {
			if (node instanceof Element element && element.getTagName().equals(name)) {
				children.add(element);
			}
		}
		return children.stream();
	}

	private static String text(Element parent, String name) {
		return children(parent, name).map(Element::getTextContent).map(String::strip).findFirst().orElse("");
	}

	/**
	 * Something that is depended on.
	 *
	 * @param name the name as {@code group:artifact}
	 * @param exclusions what is left out of what it depends on itself
	 */
	record Dependency(String name, Set<String> exclusions) {

		private Dependency with(Element dependency) {
			Stream<String> own = elements(dependency, "exclusions", "exclusion").stream()
				.map((exclusion) -> text(exclusion, "groupId") + ':' + text(exclusion, "artifactId"));
			return new Dependency(this.name,
					Stream.concat(this.exclusions.stream(), own).collect(Collectors.toUnmodifiableSet()));
		}

	}

}
