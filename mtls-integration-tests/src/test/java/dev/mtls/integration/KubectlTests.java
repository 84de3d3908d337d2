package dev.mtls.integration;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.yaml.snakeyaml.Yaml;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Runs the commands of {@code kubectl} on the page about Kubernetes, with a server of its
 * API, or a file, in place of a cluster.
 */
class KubectlTests {

	private static final Path KUBERNETES = Path.of("..", "docs", "kubernetes");

	private static final String OBJECT = "configmap orders";

	private static final Pattern COMMAND = Pattern.compile("(?m)^\\$ (kubectl .*patch " + OBJECT + " .*)$");

	private static final Pattern APPLY = Pattern.compile("(?m)^\\$ (kubectl apply .*)$");

	private static final Pattern NAME = Pattern.compile("(?m)^metadata:\\n  name: (\\S+)$");

	private static final Pattern MOUNT = Pattern.compile("- name: config\\n +mountPath: (\\S+)");

	@TempDir
	private Path directory;

	@Test
	@RequiresProgram(value = "kubectl", ofPackage = "kubernetes-client")
	void commandsCreateWhatIsInTheManifests() throws Exception {
		List<String> commands = find(APPLY, "README.md");
		assertThat(commands).hasSize(2);
		List<String> names = names("authority.yaml");
		try (ClusterApi api = ClusterApi.start()) {
			assertThat(apply(api, commands.get(0))).hasSameSizeAs(names).allMatch((line) -> line.endsWith(" created"));
			assertThat(names(api)).containsExactlyInAnyOrderElementsOf(names);
			List<String> applied = apply(api, commands.get(1));
			assertThat(applied).filteredOn((line) -> line.endsWith(" unchanged")).hasSameSizeAs(names);
			assertThat(applied).allMatch((line) -> line.endsWith(" created") || line.endsWith(" unchanged"));
			names.addAll(names("application.yaml"));
			names.addAll(names("tunnel-client.yaml"));
			names.addAll(names("tunnel-server.yaml"));
			assertThat(applied).hasSameSizeAs(names);
			assertThat(names(api)).containsExactlyInAnyOrderElementsOf(names);
		}
	}

	@Test
	@RequiresProgram(value = "kubectl", ofPackage = "kubernetes-client")
	void namespaceHasToBeThereFirst() throws Exception {
		try (ClusterApi api = ClusterApi.start()) {
			assertThat(kubectl(api, find(APPLY, "README.md").get(1)).errors()).contains("(NotFound)");
		}
	}

	@Test
	@RequiresProgram(value = "kubectl", ofPackage = "kubernetes-client")
	void commandsSwitchOffAndOnAgain() throws Exception {
		List<String> commands = find(COMMAND, "README.md");
		assertThat(commands).hasSize(2);
		String configMap = configMap();
		String off = run(commands.get(0), configMap);
		Map<String, String> data = new HashMap<>(data(configMap));
		assertThat(data.put("kill-switch", "engaged")).isNull();
		assertThat(data(off)).isEqualTo(data);
		assertThat(data(run(commands.get(1), off))).isEqualTo(data(configMap));
	}

	@Test
	void applicationLooksForTheFileThatIsMounted() throws Exception {
		List<String> mounts = find(MOUNT, "application.yaml");
		assertThat(mounts).hasSize(1);
		assertThat(data(configMap()).get("application.yaml"))
			.contains("  kill-switch: file:%s/kill-switch\n".formatted(mounts.get(0)));
	}

	private String run(String command, String object) throws IOException, InterruptedException {
		Path file = Files.writeString(this.directory.resolve("object.yaml"), object);
		Program kubectl = Program.run(this.directory, "", List.of("env", "HOME=" + this.directory,
				"KUBECONFIG=/dev/null", "sh", "-ec", command.replace(OBJECT, "--local -o yaml -f " + file)));
		assertThat(kubectl.errors()).isEmpty();
		assertThat(kubectl.exitCode()).isZero();
		return kubectl.output();
	}

	private List<String> apply(ClusterApi api, String command) throws IOException, InterruptedException {
		Program kubectl = kubectl(api, command);
		assertThat(kubectl.errors()).isEmpty();
		assertThat(kubectl.exitCode()).isZero();
		return kubectl.output().lines().toList();
	}

	// What it would validate by is the server's; other tests hold the manifests against
	// models
	private Program kubectl(ClusterApi api, String command) throws IOException, InterruptedException {
		Path configuration = Files.writeString(this.directory.resolve("kubeconfig"), api.kubeconfig());
		return Program.run(this.directory, "", List.of("env", "HOME=" + this.directory, "KUBECONFIG=" + configuration,
				"sh", "-ec", "cd \"$1\"\n" + command + " --validate=false", "sh", PublishedModules.ROOT.toString()));
	}

	private static List<String> names(ClusterApi api) {
		return api.objects().values().stream().map((object) -> object.at("/metadata/name").asString()).toList();
	}

	private static List<String> names(String file) throws IOException {
		return new ArrayList<>(find(NAME, file));
	}

	private static String configMap() throws IOException {
		return List.of(Files.readString(KUBERNETES.resolve("application.yaml")).split("(?m)^---$", -1))
			.stream()
			.filter((object) -> object.contains("\nkind: ConfigMap\n"))
			.findFirst()
			.orElseThrow();
	}

	private static Map<String, String> data(String object) {
		Map<String, Map<String, String>> values = new Yaml().load(object);
		return values.getOrDefault("data", Map.of());
	}

	private static List<String> find(Pattern pattern, String file) throws IOException {
		return pattern.matcher(Files.readString(KUBERNETES.resolve(file)))
			.results()
			.map((MatchResult match) -> match.group(1))
			.toList();
	}

}
