package dev.mtls.boot.documentation;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import com.google.protobuf.Any;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.util.JsonFormat;
import com.google.protobuf.util.JsonFormat.TypeRegistry;
import io.envoyproxy.envoy.config.bootstrap.v3.Bootstrap;
import io.envoyproxy.envoy.config.bootstrap.v3.Bootstrap.StaticResources;
import io.envoyproxy.envoy.extensions.filters.http.router.v3.Router;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager.ForwardClientCertDetails;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.DownstreamTlsContext;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.UpstreamTlsContext;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.yaml.snakeyaml.Yaml;
import tools.jackson.databind.json.JsonMapper;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests that the configurations of proxies in the documentation are such of programs that
 * no test runs.
 */
class ProxyConfigurationTests {

	private static final TypeRegistry ENVOY_TYPES = TypeRegistry.newBuilder()
		.add(List.of(DownstreamTlsContext.getDescriptor(), UpstreamTlsContext.getDescriptor(),
				HttpConnectionManager.getDescriptor(), Router.getDescriptor()))
		.build();

	/**
	 * The keys of Traefik's dynamic configuration, version 3, as its reference has them.
	 */
	private static final List<Pattern> TRAEFIK_KEYS = Stream
		.of("http\\.routers\\.\\w+\\.(rule|service|entryPoints\\[]|middlewares\\[]|tls\\.options)",
				"http\\.middlewares\\.[\\w-]+\\.passTLSClientCert\\.pem",
				"http\\.services\\.\\w+\\.loadBalancer\\.(serversTransport|servers\\[]\\.url)",
				"http\\.serversTransports\\.\\w+\\.(serverName|rootCAs\\[]|certificates\\[]\\.(certFile|keyFile))",
				"tls\\.options\\.\\w+\\.clientAuth\\.(clientAuthType|caFiles\\[])")
		.map(Pattern::compile)
		.toList();

	@Test
	void envoyForwardsTheCertificateOfItsClient() throws Exception {
		StaticResources resources = envoy(envoy()).getStaticResources();
		assertThat(resources.getListenersList()).singleElement()
			.satisfies((listener) -> assertThat(listener.getFilterChainsList()).singleElement().satisfies((chain) -> {
				DownstreamTlsContext tls = chain.getTransportSocket()
					.getTypedConfig()
					.unpack(DownstreamTlsContext.class);
				assertThat(tls.getRequireClientCertificate().getValue()).isTrue();
				assertThat(tls.getCommonTlsContext().getValidationContext().getTrustedCa().getFilename()).isNotEmpty();
				HttpConnectionManager manager = chain.getFilters(0)
					.getTypedConfig()
					.unpack(HttpConnectionManager.class);
				assertThat(manager.getForwardClientCertDetails()).isEqualTo(ForwardClientCertDetails.SANITIZE_SET);
				assertThat(manager.getSetCurrentClientCertDetails().getChain()).isTrue();
				assertThat(manager.getUseRemoteAddress().getValue()).isTrue();
				assertThat(manager.getRouteConfig().getVirtualHosts(0).getRoutes(0).getRoute().getCluster())
					.isEqualTo(resources.getClusters(0).getName());
				assertThat(manager.getHttpFilters(0).getTypedConfig().is(Router.class)).isTrue();
			}));
	}

	@Test
	void envoyVerifiesTheApplication() throws Exception {
		StaticResources resources = envoy(envoy()).getStaticResources();
		Any config = resources.getClusters(0).getTransportSocket().getTypedConfig();
		UpstreamTlsContext tls = config.unpack(UpstreamTlsContext.class);
		assertThat(tls.getCommonTlsContext().getTlsCertificatesList()).hasSize(1);
		assertThat(tls.getCommonTlsContext().getValidationContext().getTrustedCa().getFilename()).isNotEmpty();
		assertThat(tls.getCommonTlsContext().getValidationContext().getMatchTypedSubjectAltNamesList()).singleElement()
			.satisfies((name) -> assertThat(name.getMatcher().getExact()).isEqualTo(tls.getSni()));
	}

	@ParameterizedTest
	@CsvSource({ "require_client_certificate, require_client_cert", "SANITIZE_SET, SANITISE_SET",
			"match_typed_subject_alt_names, match_typed_sans", "HttpConnectionManager, HttpManager" })
	void envoyWhenWrongIsFound(String right, String wrong) {
		assertThat(envoy()).contains(right);
		assertThatExceptionOfType(InvalidProtocolBufferException.class)
			.isThrownBy(() -> envoy(envoy().replace(right, wrong)));
	}

	@Test
	void traefikHasTheseKeys() {
		assertThat(unknownKeys(traefik())).isEmpty();
	}

	@Test
	void traefikNamesWhatIsThere() {
		Object configuration = new Yaml().load(traefik());
		assertThat(Manifests.values(configuration, "http", "routers", "*", "middlewares")).isNotEmpty()
			.allSatisfy((name) -> assertThat(Manifests.values(configuration, "http", "middlewares", (String) name))
				.isNotEmpty());
		assertThat(Manifests.values(configuration, "http", "routers", "*", "service")).isNotEmpty()
			.allSatisfy((name) -> assertThat(Manifests.values(configuration, "http", "services", (String) name))
				.isNotEmpty());
		assertThat(Manifests.values(configuration, "http", "services", "*", "loadBalancer", "serversTransport"))
			.isNotEmpty()
			.allSatisfy(
					(name) -> assertThat(Manifests.values(configuration, "http", "serversTransports", (String) name))
						.isNotEmpty());
		assertThat(Manifests.values(configuration, "http", "routers", "*", "tls", "options")).isNotEmpty()
			.allSatisfy((name) -> assertThat(
					Manifests.values(configuration, "tls", "options", (String) name, "clientAuth", "clientAuthType"))
				.containsExactly("RequireAndVerifyClientCert"));
		assertThat(Manifests.values(configuration, "http", "middlewares", "*", "passTLSClientCert", "pem"))
			.containsExactly(true);
	}

	@Test
	void traefikWhenWrongIsFound() {
		assertThat(
				unknownKeys(traefik().replace("passTLSClientCert", "passTlsClientCert").replace("caFiles", "caFile")))
			.containsExactlyInAnyOrder("http.middlewares.client-certificate.passTlsClientCert.pem",
					"tls.options.mutual.clientAuth.caFile[]");
	}

	private static Bootstrap envoy(String yaml) throws InvalidProtocolBufferException {
		Bootstrap.Builder bootstrap = Bootstrap.newBuilder();
		String json = JsonMapper.shared().writeValueAsString(new Yaml().<Object>load(yaml));
		JsonFormat.parser().usingTypeRegistry(ENVOY_TYPES).merge(json, bootstrap);
		return bootstrap.build();
	}

	private static List<String> unknownKeys(String yaml) {
		List<String> keys = new ArrayList<>();
		collectKeys("", new Yaml().<Object>load(yaml), keys);
		return keys.stream()
			.filter((key) -> TRAEFIK_KEYS.stream().noneMatch((known) -> known.matcher(key).matches()))
			.toList();
	}

	private static void collectKeys(String path, Object value, List<String> keys) {
		if (value instanceof Map<?, ?> map) {
			map.forEach((key, below) -> collectKeys(path.isEmpty() ? key.toString() : path + "." + key, below, keys));
		}
		else if (value instanceof Collection<?> list) {
			list.forEach((element) -> collectKeys(path + "[]", element, keys));
		}
		else {
			keys.add(path);
		}
	}

	private static String envoy() {
		return only("yaml envoy");
	}

	private static String traefik() {
		return only("yaml traefik");
	}

	private static String only(String language) {
		List<Snippet> snippets = Snippet.in(language);
		assertThat(snippets).hasSize(1);
		return snippets.get(0).code();
	}

}
