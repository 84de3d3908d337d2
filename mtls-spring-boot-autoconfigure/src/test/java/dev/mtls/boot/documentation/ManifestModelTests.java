package dev.mtls.boot.documentation;

import java.util.List;
import java.util.Map;

import io.fabric8.kubernetes.api.model.PodTemplateSpec;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.yaml.snakeyaml.error.YAMLException;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests that Kubernetes and cert-manager know each field of the manifests, those on pages
 * too.
 */
class ManifestModelTests {

	private final ManifestModel model = new ManifestModel();

	private final Manifests manifests = new Manifests();

	@Test
	void manifestsFit() {
		assertThat(this.manifests.all()).hasSizeGreaterThan(15)
			.allSatisfy((object) -> assertThat(this.model.problems(object)).isEmpty());
	}

	@Test
	void manifestsOnPagesFit() {
		List<Map<?, ?>> objects = Snippet.in("yaml kubernetes")
			.stream()
			.flatMap((snippet) -> Manifests.parse(snippet.code()).stream())
			.toList();
		assertThat(objects).hasSize(2);
		assertThat(this.model.problems(objects.get(0))).isEmpty();
		assertThat(this.model.problems(objects.get(1), PodTemplateSpec.class)).isEmpty();
	}

	// What the models have as any text
	@ParameterizedTest
	@CsvSource(delimiter = ';', textBlock = """
			imagePullPolicy     ; Always|IfNotPresent|Never
			restartPolicy       ; Always
			scheme              ; HTTPS
			policyTypes         ; Ingress
			seccompProfile type ; RuntimeDefault
			strategy type       ; Recreate|RollingUpdate
			capabilities drop   ; ALL
			requests cpu        ; [1-9][0-9]*m?
			resources * memory  ; [1-9][0-9]*(Ki|Mi|Gi)
			privateKey algorithm; RSA|ECDSA|Ed25519
			rotationPolicy      ; Always|Never
			usages              ; digital signature|server auth|client auth
			issuerRef kind      ; Issuer
			duration            ; [1-9][0-9]*h
			renewBefore         ; [1-9][0-9]*h
			""")
	void valuesAreKnown(String path, String pattern) {
		assertThat(Manifests.anywhere(this.manifests.all(), path.split(" "))).isNotEmpty()
			.allSatisfy((value) -> assertThat(value.toString()).matches(pattern));
	}

	@Test
	void fieldsThatAreWrongAreFound() {
		assertThat(problems("""
				apiVersion: apps/v1
				kind: Deployment
				metdata: {name: orders}
				spec:
				  template:
				    spec:
				      initContainers:
				        - name: tunnel
				          restartPolicy: Always
				      containers:
				        - name: application
				          readinesProbe: {}
				          livenessProbe:
				            httpGet: {path: /, prt: 8081}
				          lifecycle:
				            preStop:
				              sleep: {second: 5}
				""")).containsExactlyInAnyOrder("/metdata is no field",
				"/spec/template/spec/containers/0/readinesProbe is no field",
				"/spec/template/spec/containers/0/livenessProbe/httpGet/prt is no field",
				"/spec/template/spec/containers/0/lifecycle/preStop/sleep/second is no field");
		assertThat(problems("""
				apiVersion: cert-manager.io/v1
				kind: Certificate
				spec:
				  secretname: orders-tls
				  privateKey: {rotatePolicy: Always}
				  issuerRef: {nme: shop-authority}
				""")).containsExactlyInAnyOrder("/spec/secretname is no field",
				"/spec/privateKey/rotatePolicy is no field", "/spec/issuerRef/nme is no field");
		assertThat(this.model.problems(Map.of("spec", Map.of("container", List.of())), PodTemplateSpec.class))
			.containsExactly("/spec/container is no field");
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', textBlock = """
			env: [{name: A, value: 6379}]          | env/0/value
			env: [{name: A, value: true}]          | env/0/value
			env: [{name: A, value: 0.5}]           | env/0/value
			stdin: "true"                          | stdin
			ports: [{containerPort: "8443"}]       | ports/0/containerPort
			ports: {containerPort: 8443}           | ports
			args: tunnel                           | args
			args: [8443]                           | args/0
			livenessProbe:                         | livenessProbe
			readinessProbe: {httpGet: {port: 0.5}} | readinessProbe/httpGet/port
			""")
	void typesThatAreWrongAreFound(String field, String path) {
		assertThat(problems("{apiVersion: v1, kind: Pod, spec: {containers: [{%s}]}}".formatted(field))).singleElement()
			.asString()
			.startsWith("/spec/containers/0/%s: ".formatted(path));
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', textBlock = """
			Certificate | cert-manager.io/v1   | spec: {duration: 1y}        | spec/duration
			Certificate | cert-manager.io/v1   | spec: {usages: server auth} | spec/usages
			ConfigMap   | v1                   | data: {port: 8443}          | data/port
			Service     | v1                   | spec: {selector: {a: 1}}    | spec/selector/a
			Service     | v1                   | plural: services            | plural
			""")
	void problemsOfOtherKindsAreFound(String kind, String version, String field, String path) {
		assertThat(problems("{apiVersion: %s, kind: %s, %s}".formatted(version, kind, field))).singleElement()
			.asString()
			.startsWith("/%s: ".formatted(path));
	}

	@ParameterizedTest
	@CsvSource({ "Deploymnt, apps/v1", "deployment, apps/v1", "Deployment, v1", "Deployment, apps/v3",
			"Certificate, cert-manager.io/v2", "Service, ''", "'', v1" })
	void kindsThatAreWrongAreFound(String kind, String version) {
		assertThat(this.model.problems(Map.of("apiVersion", version, "kind", kind)))
			.containsExactly("%s of %s is no kind".formatted(kind, version));
	}

	@Test
	void keysThatAreThereTwiceAreFound() {
		assertThatExceptionOfType(YAMLException.class).isThrownBy(() -> Manifests.parse("spec: {a: 1, a: 2}"))
			.withMessageContaining("duplicate key a");
	}

	private List<String> problems(String manifest) {
		return this.model.problems(Manifests.parse(manifest).get(0));
	}

}
