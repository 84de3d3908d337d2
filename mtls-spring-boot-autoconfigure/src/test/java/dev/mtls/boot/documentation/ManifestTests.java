package dev.mtls.boot.documentation;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;

import dev.mtls.address.Cidr;
import dev.mtls.identity.IdentityPattern;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests that the manifests for Kubernetes name properties, files, ports and objects that
 * there are.
 */
class ManifestTests {

	private static final Pattern FILE = Pattern.compile("file:(/\\S+)");

	private static final Set<String> CERTIFICATE_FILES = Set.of("tls.crt", "tls.key", "ca.crt");

	private final Manifests manifests = new Manifests();

	@Test
	void propertiesAreThere() throws IOException {
		PropertyIndex properties = new PropertyIndex();
		List<String> configurations = configurations();
		assertThat(configurations).hasSize(3);
		for (String configuration : configurations) {
			assertThat(properties.problems(configuration)).as(configuration).isEmpty();
		}
	}

	@Test
	void filesThatPropertiesNameAreMounted() {
		List<String> checked = new ArrayList<>();
		for (Map<?, ?> deployment : this.manifests.ofKind("Deployment")) {
			Set<String> mounted = mountedFiles(deployment);
			configMaps(deployment).flatMap(ManifestTests::configurations)
				.flatMap((configuration) -> FILE.matcher(configuration).results())
				.map((file) -> file.group(1))
				.filter((file) -> !file.endsWith("/kill-switch"))
				.forEach((file) -> {
					assertThat(mounted).contains(file);
					checked.add(file);
				});
		}
		assertThat(checked).hasSizeGreaterThan(10);
	}

	@Test
	void configurationIsWhereItIsLookedFor() {
		List<Object> args = this.manifests.ofKind("Deployment")
			.stream()
			.flatMap((deployment) -> Manifests.containers(deployment).stream())
			.map((container) -> Manifests.values(container, "args"))
			.filter((each) -> each.contains("tunnel"))
			.flatMap(List::stream)
			.toList();
		assertThat(args).contains("--config", "/etc/mtls/config/tunnel.yaml", "--status");
		assertThat(this.manifests.ofKind("Deployment"))
			.filteredOn((deployment) -> deployment.toString().contains("--config"))
			.hasSize(2)
			.allSatisfy((deployment) -> assertThat(mountedFiles(deployment)).contains("/etc/mtls/config/tunnel.yaml"));
	}

	@Test
	void rulesAreValid() {
		List<String> patterns = lines("clients.txt");
		List<String> networks = lines("networks.txt");
		assertThat(patterns).hasSize(3).allSatisfy(IdentityPattern::parse);
		assertThat(networks).hasSize(1).allSatisfy(Cidr::parse);
	}

	@Test
	void volumesAreOfObjectsThatAreThere() {
		assertThat(this.manifests.ofKind("Deployment")).hasSize(3).allSatisfy((deployment) -> {
			assertThat(Manifests.values(deployment, "spec", "template", "spec", "volumes", "secret", "secretName"))
				.hasSize(1)
				.isSubsetOf(of("Certificate", "spec", "secretName"));
			assertThat(Manifests.values(deployment, "spec", "template", "spec", "volumes", "configMap", "name"))
				.hasSize(1)
				.isSubsetOf(of("ConfigMap", "metadata", "name"));
			assertThat(Manifests.values(deployment, "spec", "template", "spec", "serviceAccountName")).hasSize(1)
				.isSubsetOf(of("ServiceAccount", "metadata", "name"));
			assertThat(Manifests.containers(deployment))
				.allSatisfy((container) -> assertThat(Manifests.values(container, "volumeMounts", "name"))
					.isSubsetOf(Manifests.values(deployment, "spec", "template", "spec", "volumes", "name")));
		});
		assertThat(of("Certificate", "spec", "issuerRef", "name")).hasSizeGreaterThan(3)
			.isSubsetOf(of("Issuer", "metadata", "name"));
	}

	@Test
	void selectorsFindPods() {
		List<Object> pods = this.manifests.ofKind("Deployment")
			.stream()
			.flatMap((deployment) -> Manifests.values(deployment, "spec", "template", "metadata", "labels").stream())
			.toList();
		assertThat(pods).hasSize(3).doesNotHaveDuplicates();
		assertThat(this.manifests.ofKind("Deployment"))
			.allSatisfy((deployment) -> assertThat(Manifests.values(deployment, "spec", "selector", "matchLabels"))
				.isEqualTo(Manifests.values(deployment, "spec", "template", "metadata", "labels")));
		assertThat(of("Service", "spec", "selector")).hasSize(2).isSubsetOf(pods);
		assertThat(of("NetworkPolicy", "spec", "podSelector", "matchLabels")).hasSize(2).isSubsetOf(pods);
		assertThat(of("NetworkPolicy", "spec", "ingress", "from", "podSelector", "matchLabels")).hasSize(1)
			.isSubsetOf(pods);
	}

	@Test
	void objectsAreInTheNamespace() {
		List<Object> namespaces = of("Namespace", "metadata", "name");
		assertThat(namespaces).hasSize(1);
		assertThat(this.manifests.all()).filteredOn((object) -> !"Namespace".equals(object.get("kind")))
			.allSatisfy(
					(object) -> assertThat(Manifests.values(object, "metadata", "namespace")).isEqualTo(namespaces));
	}

	@Test
	void commandsNameWhatIsThere() {
		List<String> commands = Snippet.in("console")
			.stream()
			.filter((snippet) -> snippet.page().endsWith(Path.of("kubernetes", "README.md")))
			.flatMap((snippet) -> snippet.code().lines())
			.toList();
		assertThat(named(commands, "kubectl apply -f (\\S+)")).hasSizeGreaterThan(1)
			.allSatisfy((file) -> assertThat(Path.of("..", file)).exists());
		assertThat(named(commands, "docker build -t (\\S+)")).hasSize(1)
			.allSatisfy((image) -> assertThat(images(this.manifests.all())).contains(image));
		assertThat(named(commands, "docker build -t mtls (\\S+)")).hasSize(1)
			.allSatisfy((directory) -> assertThat(Path.of("..", directory, "Dockerfile")).exists());
		assertThat(named(commands, "kubectl -n (\\S+) patch")).hasSize(2)
			.allSatisfy((namespace) -> assertThat(of("ConfigMap", "metadata", "namespace")).contains(namespace));
		assertThat(named(commands, "patch configmap (\\S+)")).hasSize(2)
			.allSatisfy((name) -> assertThat(of("ConfigMap", "metadata", "name")).contains(name));
	}

	@Test
	void userIsThatOfTheImage() throws IOException {
		String dockerfile = Files.readString(Path.of("..", "mtls-cli", "Dockerfile"));
		assertThat(this.manifests.ofKind("Deployment")).filteredOn((deployment) -> images(deployment).contains("mtls"))
			.hasSize(2)
			.allSatisfy((deployment) -> assertThat(dockerfile)
				.contains("\nUSER %s:%s\n".formatted(user(deployment, "runAsUser"), user(deployment, "runAsGroup"))));
	}

	@Test
	void serviceWaitsForTheSessionsOfItsTunnel() {
		List<String> timeouts = named(configurations(), "shutdown-timeout: (\\d+)s");
		assertThat(timeouts).hasSize(1);
		int timeout = Integer.parseInt(timeouts.get(0));
		assertThat(this.manifests.ofKind("Deployment"))
			.filteredOn((deployment) -> Manifests.values(deployment, "metadata", "name").contains("redis"))
			.singleElement()
			.satisfies((deployment) -> {
				assertThat(Manifests.anywhere(deployment, "preStop", "sleep", "seconds")).containsExactly(timeout);
				assertThat(Manifests.anywhere(deployment, "terminationGracePeriodSeconds")).singleElement()
					.satisfies((seconds) -> assertThat((Integer) seconds).isGreaterThan(timeout));
			});
	}

	@Test
	void portsAreThoseOfContainers() {
		for (Map<?, ?> deployment : this.manifests.ofKind("Deployment")) {
			for (Object container : Manifests.containers(deployment)) {
				List<Object> probed = Stream.of("startupProbe", "livenessProbe", "readinessProbe")
					.flatMap((probe) -> Manifests.values(container, probe, "httpGet", "port").stream())
					.toList();
				assertThat(Manifests.values(container, "ports", "name")).containsAll(probed);
			}
		}
		List<Object> ports = this.manifests.ofKind("Deployment")
			.stream()
			.flatMap((deployment) -> Manifests.containers(deployment).stream())
			.flatMap((container) -> Manifests.values(container, "ports", "name").stream())
			.toList();
		assertThat(of("Service", "spec", "ports", "targetPort")).hasSize(2).isSubsetOf(ports);
		assertThat(of("NetworkPolicy", "spec", "ingress", "ports", "port")).hasSize(4).isSubsetOf(ports);
	}

	@Test
	void portsAreThoseThatAreConfigured() {
		String application = configurations().stream()
			.filter((each) -> each.contains("8443"))
			.findFirst()
			.orElseThrow();
		assertThat(application).contains("port: 8443", "port: 8081");
		assertThat(configurations()).anySatisfy((each) -> assertThat(each).contains("listen: 0.0.0.0:6380"));
		assertThat(this.manifests.ofKind("Deployment")
			.stream()
			.flatMap((deployment) -> Manifests.containers(deployment).stream())
			.flatMap((container) -> Manifests.values(container, "ports", "containerPort").stream()))
			.contains(8443, 8081, 6380);
	}

	private static List<Object> images(Object object) {
		return Manifests.anywhere(object, "image");
	}

	private static Object user(Map<?, ?> deployment, String key) {
		return Manifests.values(deployment, "spec", "template", "spec", "securityContext", key).get(0);
	}

	private List<Object> of(String kind, String... path) {
		return this.manifests.ofKind(kind)
			.stream()
			.flatMap((object) -> Manifests.values(object, path).stream())
			.toList();
	}

	private List<String> lines(String file) {
		return of("ConfigMap", "data", file).stream()
			.flatMap((content) -> content.toString().lines())
			.filter((line) -> !line.startsWith("#"))
			.toList();
	}

	private List<String> configurations() {
		return this.manifests.ofKind("ConfigMap").stream().flatMap(ManifestTests::configurations).toList();
	}

	private static Stream<String> configurations(Map<?, ?> configMap) {
		return ((Map<?, ?>) configMap.get("data")).entrySet()
			.stream()
			.filter((entry) -> entry.getKey().toString().endsWith(".yaml"))
			.map((entry) -> entry.getValue().toString());
	}

	private Stream<Map<?, ?>> configMaps(Map<?, ?> deployment) {
		List<Object> names = Manifests.values(deployment, "spec", "template", "spec", "volumes", "configMap", "name");
		return this.manifests.ofKind("ConfigMap")
			.stream()
			.filter((configMap) -> names.containsAll(Manifests.values(configMap, "metadata", "name")));
	}

	private Set<String> mountedFiles(Map<?, ?> deployment) {
		return Manifests.containers(deployment)
			.stream()
			.flatMap((container) -> Manifests.values(container, "volumeMounts").stream())
			.flatMap((mount) -> files(deployment, (Map<?, ?>) mount))
			.collect(Collectors.toSet());
	}

	private static List<String> named(List<String> commands, String pattern) {
		return commands.stream()
			.flatMap((command) -> Pattern.compile(pattern).matcher(command).results())
			.map((command) -> command.group(1))
			.toList();
	}

	private Stream<String> files(Map<?, ?> deployment, Map<?, ?> mount) {
		Object volume = Manifests.values(deployment, "spec", "template", "spec", "volumes")
			.stream()
			.filter((each) -> Manifests.values(each, "name").contains(mount.get("name")))
			.findFirst()
			.orElseThrow();
		Set<String> names = Manifests.values(volume, "secret").isEmpty() ? configMaps(deployment)
			.filter((configMap) -> Manifests.values(volume, "configMap", "name")
				.equals(Manifests.values(configMap, "metadata", "name")))
			.flatMap((configMap) -> ((Map<?, ?>) configMap.get("data")).keySet().stream())
			.map(Object::toString)
			.collect(Collectors.toSet()) : CERTIFICATE_FILES;
		return names.stream().map((name) -> "%s/%s".formatted(mount.get("mountPath"), name));
	}

}
