package dev.mtls.cli.tunnel;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;

import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;

import dev.mtls.authority.CertificateRequest;
import dev.mtls.authority.ExtendedKeyUsage;
import dev.mtls.test.TestAuthority;
import dev.mtls.test.TestCertificate;

/**
 * The tunnel of a manifest in {@code docs/kubernetes}, which is run in a directory in
 * place of its container.
 */
final class TunnelManifest {

	private static final Path MANIFESTS = Path.of("..", "docs", "kubernetes");

	private static final Map<String, ExtendedKeyUsage> USAGES = Map.of("server auth", ExtendedKeyUsage.SERVER_AUTH,
			"client auth", ExtendedKeyUsage.CLIENT_AUTH);

	private final Map<String, Object> objects = new HashMap<>();

	private final Map<String, String> changes = new LinkedHashMap<>();

	private final Path directory;

	private final Object container;

	TunnelManifest(String file, Path directory) throws IOException {
		this.directory = directory;
		new Yaml(new SafeConstructor(new LoaderOptions())).loadAll(Files.readString(MANIFESTS.resolve(file)))
			.forEach((object) -> this.objects.put(text(object, "kind"), object));
		this.container = containers().filter((each) -> text(each, "name").equals("tunnel")).findFirst().orElseThrow();
		change("/etc/mtls/", directory + "/etc/mtls/");
	}

	/**
	 * Change what cannot be as it is where there is no cluster.
	 * @param text what is there
	 * @param replacement what to put in its place
	 */
	void change(String text, String replacement) {
		this.changes.put(text, replacement);
	}

	/**
	 * Start the tunnel, with the files that are mounted.
	 * @param authority issues its certificate
	 * @param javaOptions options of the Java runtime
	 * @return the process
	 */
	TunnelProcess start(TestAuthority authority, List<String> javaOptions) throws IOException {
		mount("config", values(value(this.objects, "ConfigMap"), "data"));
		TestCertificate certificate = certificate(authority);
		mount("tls", Map.of("tls.crt", certificate.chainPem(), "tls.key", certificate.privateKeyPem(), "ca.crt",
				authority.anchorPem()));
		List<String> args = list(this.container, "args").stream().map(Object::toString).map(this::changed).toList();
		if (!args.get(0).equals("tunnel")) {
			throw new IllegalStateException("The container runs %s".formatted(args));
		}
		return TunnelProcess.start(this.directory, javaOptions, args.stream().skip(1).toArray(String[]::new));
	}

	/**
	 * The paths that the kubelet asks for.
	 * @return the paths of all probes
	 */
	List<String> probes() {
		return Stream.of("startupProbe", "livenessProbe", "readinessProbe")
			.filter((probe) -> ((Map<?, ?>) this.container).containsKey(probe))
			.map((probe) -> text(value(value(this.container, probe), "httpGet"), "path"))
			.toList();
	}

	// As cert-manager issues it: without a subject
	private TestCertificate certificate(TestAuthority authority) {
		Object spec = value(value(this.objects, "Certificate"), "spec");
		CertificateRequest.Builder request = CertificateRequest.client("").subject("");
		return authority.issue(request.dns(strings(spec, "dnsNames"))
			.uri(strings(spec, "uris"))
			.extendedKeyUsage(Stream.of(strings(spec, "usages"))
				.filter(USAGES::containsKey)
				.map(USAGES::get)
				.toArray(ExtendedKeyUsage[]::new))
			.build());
	}

	private void mount(String volume, Map<?, ?> files) throws IOException {
		String path = list(this.container, "volumeMounts").stream()
			.filter((mount) -> text(mount, "name").equals(volume))
			.map((mount) -> text(mount, "mountPath"))
			.findFirst()
			.orElseThrow();
		Path mounted = Files.createDirectories(Path.of(this.directory + path));
		for (Map.Entry<?, ?> file : files.entrySet()) {
			Files.writeString(mounted.resolve(file.getKey().toString()), changed(file.getValue().toString()));
		}
	}

	private String changed(String text) {
		String changed = text;
		for (Map.Entry<String, String> change : this.changes.entrySet()) {
			changed = changed.replace(change.getKey(), change.getValue());
		}
		return changed;
	}

	private Stream<?> containers() {
		Object pod = value(value(value(value(this.objects, "Deployment"), "spec"), "template"), "spec");
		return Stream.of("initContainers", "containers").flatMap((kind) -> list(pod, kind).stream());
	}

	private static Object value(Object object, String key) {
		return Objects.requireNonNull(((Map<?, ?>) object).get(key), key);
	}

	private static Map<?, ?> values(Object object, String key) {
		return (Map<?, ?>) value(object, key);
	}

	private static List<?> list(Object object, String key) {
		return (((Map<?, ?>) object).get(key) instanceof List<?> list) ? list : List.of();
	}

	private static String[] strings(Object object, String key) {
		return list(object, key).stream().map(Object::toString).toArray(String[]::new);
	}

	private static String text(Object object, String key) {
		return value(object, key).toString();
	}

}
