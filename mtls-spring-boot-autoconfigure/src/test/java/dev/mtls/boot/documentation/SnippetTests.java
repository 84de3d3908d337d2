package dev.mtls.boot.documentation;

import java.io.IOException;
import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

import javax.tools.Diagnostic;
import javax.tools.DiagnosticCollector;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileObject;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;
import javax.xml.parsers.DocumentBuilderFactory;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;
import org.xml.sax.InputSource;
import org.yaml.snakeyaml.Yaml;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests that the code of the documentation compiles, and that the properties in it are
 * there.
 */
class SnippetTests {

	// The code on these is part of examples that run, as is the test in the README
	private static final Set<String> RUN = Set.of("tcp.md", "channel.md", "tunnel.md");

	private static final ImportIndex IMPORTS = new ImportIndex(Path.of(".."));

	private static final PropertyIndex PROPERTIES = new PropertyIndex();

	@TempDir
	private Path directory;

	@ParameterizedTest
	@MethodSource
	void codeCompiles(Snippet snippet) throws IOException {
		List<String> problems = compile(source(snippet.code()));
		assertThat(problems).isEmpty();
	}

	@ParameterizedTest
	@MethodSource
	void propertiesAreThere(Snippet snippet) throws IOException {
		assertThat(PROPERTIES.problems(snippet.code())).isEmpty();
	}

	@ParameterizedTest
	@MethodSource
	void yamlOfOthersIsWellFormed(Snippet snippet) {
		assertThat(new Yaml().loadAll(snippet.code())).isNotEmpty()
			.allSatisfy((document) -> assertThat(document).isInstanceOf(Map.class));
	}

	@ParameterizedTest
	@MethodSource
	void artifactsOfPomsAreThere(Snippet snippet) throws Exception {
		String xml = snippet.code().replaceFirst("^<\\?xml.*?\\?>", "");
		Document document = DocumentBuilderFactory.newInstance()
			.newDocumentBuilder()
			.parse(new InputSource(new StringReader("<snippet>%s</snippet>".formatted(xml))));
		NodeList groups = document.getElementsByTagName("groupId");
		for (int i = 0; i < groups.getLength(); i++) {
			Element dependency = (Element) groups.item(i).getParentNode();
			if (groups.item(i).getTextContent().equals("dev.mtls")) {
				String artifact = dependency.getElementsByTagName("artifactId").item(0).getTextContent();
				assertThat(Path.of("..", artifact, "pom.xml")).exists();
			}
		}
	}

	@Test
	void codeThatIsWrongIsFound() throws IOException {
		assertThat(compile(source("void serve(MtlsClients clients) {\n\tclients.noSuchMethod();\n}\n"))).singleElement()
			.asString()
			.contains("noSuchMethod");
	}

	@Test
	void propertiesThatAreWrongAreFound() throws IOException {
		assertThat(PROPERTIES.problems("""
				mtls:
				  server:
				    certificat: file:tls.crt
				    mode: strict
				  reload:
				    interval: soon
				    enabled: maybe
				  clients:
				    payments:
				      server-check: none
				  tunnels:
				    redis:
				      rol: server
				server:
				  prt: 8443
				""")).containsExactlyInAnyOrder("mtls.server.certificat is no property", "mtls.server.mode=strict",
				"mtls.reload.interval=soon", "mtls.reload.enabled=maybe", "mtls.clients.payments.server-check=none",
				"mtls.tunnels.redis.rol is no property", "server.prt is no property");
	}

	static List<Snippet> codeCompiles() {
		return Snippet.in("java")
			.stream()
			.filter((snippet) -> !RUN.contains(snippet.page().getFileName().toString())
					&& !snippet.code().startsWith("@MtlsTest"))
			.toList();
	}

	static List<Snippet> propertiesAreThere() {
		return Snippet.in("yaml");
	}

	static List<Snippet> artifactsOfPomsAreThere() {
		return Snippet.in("xml");
	}

	static List<Snippet> yamlOfOthersIsWellFormed() {
		return Stream.of("envoy", "traefik", "kubernetes").flatMap((of) -> Snippet.in("yaml " + of).stream()).toList();
	}

	// Types stand alone, members in a type
	private static String source(String code) {
		if (code.contains("\nimport ") || code.startsWith("import ") || code.startsWith("package ")) {
			return code;
		}
		boolean types = code.lines()
			.filter((line) -> !line.startsWith("@"))
			.limit(1)
			.anyMatch((line) -> line.matches("((public|final|sealed) )*(class|record|interface|enum) .*"));
		return IMPORTS.imports(code) + (types ? code : "class Snippet {\n%s}\n".formatted(code));
	}

	private List<String> compile(String source) throws IOException {
		JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
		DiagnosticCollector<JavaFileObject> diagnostics = new DiagnosticCollector<>();
		String type = source.replaceFirst("(?s).*?\\bpublic (?:final )?(?:class|record|interface|enum) (\\w+).*", "$1");
		Path file = this.directory.resolve(type.matches("\\w+") ? type + ".java" : "Snippet.java");
		Files.writeString(file, source);
		try (StandardJavaFileManager files = compiler.getStandardFileManager(diagnostics, null, null)) {
			compiler
				.getTask(null, files, diagnostics, List.of("-proc:none", "-d", this.directory.toString(), "-cp",
						System.getProperty("java.class.path")), null, files.getJavaFileObjects(file))
				.call();
		}
		return diagnostics.getDiagnostics()
			.stream()
			.filter((diagnostic) -> diagnostic.getKind() == Diagnostic.Kind.ERROR)
			.map((diagnostic) -> diagnostic.getMessage(null))
			.toList();
	}

}
