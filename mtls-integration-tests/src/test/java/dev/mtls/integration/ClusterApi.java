package dev.mtls.integration;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * As much of the API of a Kubernetes cluster as {@code kubectl apply} needs to create
 * objects. It knows the kinds that the documentation uses, and refuses an object whose
 * namespace is not there. It starts nothing.
 */
final class ClusterApi implements AutoCloseable {

	private static final Pattern COLLECTION = Pattern.compile("(/api/v1/|/apis/[^/]+/v1/)(namespaces/([^/]+)/)?(\\w+)");

	private static final Map<String, List<Resource>> RESOURCES = Map.of("v1",
			List.of(new Resource("namespaces", "Namespace", false), new Resource("configmaps", "ConfigMap", true),
					new Resource("services", "Service", true), new Resource("serviceaccounts", "ServiceAccount", true)),
			"apps/v1", List.of(new Resource("deployments", "Deployment", true)), "networking.k8s.io/v1",
			List.of(new Resource("networkpolicies", "NetworkPolicy", true)), "cert-manager.io/v1",
			List.of(new Resource("issuers", "Issuer", true), new Resource("certificates", "Certificate", true)));

	private final JsonMapper mapper = new JsonMapper();

	private final Map<String, JsonNode> objects = new ConcurrentSkipListMap<>();

	private final HttpServer server;

	private ClusterApi(HttpServer server) {
		this.server = server;
	}

	/**
	 * Start a server with no objects on loopback.
	 * @return the server
	 */
	static ClusterApi start() throws IOException {
		HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
		ClusterApi api = new ClusterApi(server);
		server.createContext("/", api::handle);
		server.start();
		return api;
	}

	/**
	 * The configuration with which {@code kubectl} finds it.
	 * @return the content of a file
	 */
	String kubeconfig() {
		return """
				apiVersion: v1
				kind: Config
				clusters:
				- {name: test, cluster: {server: "http://127.0.0.1:%d"}}
				contexts:
				- {name: test, context: {cluster: test}}
				current-context: test
				""".formatted(this.server.getAddress().getPort());
	}

	/**
	 * The objects that were created.
	 * @return the objects by their paths
	 */
	Map<String, JsonNode> objects() {
		return this.objects;
	}

	@Override
	public void close() {
		this.server.stop(0);
	}

	private void handle(HttpExchange exchange) throws IOException {
		try (exchange) {
			byte[] body = exchange.getRequestBody().readAllBytes();
			Answer answer = switch (exchange.getRequestMethod()) {
				case "GET" -> get(exchange.getRequestURI().getPath());
				case "POST" -> post(exchange.getRequestURI().getPath(), this.mapper.readTree(body));
				default -> Answer.refused(405, "MethodNotAllowed");
			};
			byte[] content = this.mapper.writeValueAsString(answer.content()).getBytes(StandardCharsets.UTF_8);
			exchange.getResponseHeaders().set("Content-Type", "application/json");
			exchange.sendResponseHeaders(answer.status(), content.length);
			exchange.getResponseBody().write(content);
		}
	}

	private Answer get(String path) {
		if (path.equals("/api")) {
			return Answer.of(Map.of("kind", "APIVersions", "versions", List.of("v1")));
		}
		if (path.equals("/apis")) {
			return Answer.of(Map.of("kind", "APIGroupList", "apiVersion", "v1", "groups",
					RESOURCES.keySet()
						.stream()
						.filter((version) -> version.contains("/"))
						.map(ClusterApi::group)
						.toList()));
		}
		List<Resource> resources = RESOURCES.get(path.replaceFirst("^/apis?/", ""));
		if (resources != null) {
			return Answer.of(Map.of("kind", "APIResourceList", "apiVersion", "v1", "groupVersion",
					path.replaceFirst("^/apis?/", ""), "resources",
					resources.stream().map(Resource::described).toList()));
		}
		JsonNode object = this.objects.get(path);
		return (object != null) ? Answer.of(object) : Answer.refused(404, "NotFound");
	}

	private Answer post(String path, JsonNode object) {
		Matcher collection = COLLECTION.matcher(path);
		if (!collection.matches() || !isKnown(collection.group(4), object)) {
			return Answer.refused(404, "NotFound");
		}
		String namespace = collection.group(3);
		if (namespace != null && !this.objects.containsKey("/api/v1/namespaces/" + namespace)) {
			return Answer.refused(404, "NotFound");
		}
		JsonNode before = this.objects.putIfAbsent(path + "/" + object.at("/metadata/name").asString(), object);
		return (before != null) ? Answer.refused(409, "AlreadyExists") : new Answer(201, object);
	}

	private static boolean isKnown(String resources, JsonNode object) {
		return RESOURCES.getOrDefault(object.path("apiVersion").asString(), List.of())
			.stream()
			.anyMatch((resource) -> resource.name().equals(resources)
					&& resource.kind().equals(object.path("kind").asString()));
	}

	private static Map<String, Object> group(String version) {
		Map<String, String> described = Map.of("groupVersion", version, "version", "v1");
		return Map.of("name", version.replaceFirst("/.*", ""), "versions", List.of(described), "preferredVersion",
				described);
	}

	/**
	 * A kind of objects.
	 *
	 * @param name its name in paths
	 * @param kind its name in objects
	 * @param namespaced whether its objects are in namespaces
	 */
	private record Resource(String name, String kind, boolean namespaced) {

		Map<String, Object> described() {
			return Map.of("name", this.name, "singularName", "", "kind", this.kind, "namespaced", this.namespaced,
					"verbs", List.of("get", "create", "patch"));
		}

	}

	/**
	 * What is answered.
	 *
	 * @param status the status of HTTP
	 * @param content the content, which becomes JSON
	 */
	private record Answer(int status, Object content) {

		static Answer of(Object content) {
			return new Answer(200, content);
		}

		static Answer refused(int status, String reason) {
			return new Answer(status, Map.of("kind", "Status", "apiVersion", "v1", "status", "Failure", "reason",
					reason, "message", reason, "code", status));
		}

	}

}
