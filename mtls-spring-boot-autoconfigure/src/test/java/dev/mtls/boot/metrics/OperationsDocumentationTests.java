package dev.mtls.boot.metrics;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.Tag;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.ssl.SslAutoConfiguration;
import org.springframework.boot.http.client.autoconfigure.HttpClientAutoConfiguration;
import org.springframework.boot.http.client.autoconfigure.imperative.ImperativeHttpClientAutoConfiguration;
import org.springframework.boot.micrometer.metrics.autoconfigure.MetricsAutoConfiguration;
import org.springframework.boot.micrometer.metrics.autoconfigure.ssl.SslMetricsAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import dev.mtls.boot.autoconfigure.MtlsAutoConfiguration;
import dev.mtls.boot.autoconfigure.MtlsClientAutoConfiguration;
import dev.mtls.boot.autoconfigure.MtlsHttpClientAutoConfiguration;
import dev.mtls.boot.autoconfigure.MtlsMetricsAutoConfiguration;
import dev.mtls.boot.autoconfigure.MtlsServerAutoConfiguration;
import dev.mtls.boot.autoconfigure.MtlsTunnelAutoConfiguration;
import dev.mtls.boot.autoconfigure.MtlsTunnelsMetricsAutoConfiguration;
import dev.mtls.boot.event.MtlsEventMulticaster;
import dev.mtls.decision.Reason;
import dev.mtls.event.MtlsEvent;
import dev.mtls.event.TlsSession;
import dev.mtls.test.TestAuthority;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests that hold what {@code docs/operations} says of metrics against an application to
 * which each event has happened, as Prometheus sees it.
 */
class OperationsDocumentationTests {

	private static final Path DOCUMENTATION = Path.of("..", "docs", "operations");

	private static final String NAME = "(?:mtls|ssl_chain)_\\w+";

	// The text format of Prometheus, version 0.0.4
	private static final Pattern TYPE = Pattern.compile("# TYPE (\\w+) (\\w+)");

	private static final Pattern SAMPLE = Pattern.compile(
			"([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\\{((?:\\w+=\"(?:[^\"\\\\]|\\\\.)*\",?)*)})? (NaN|[+-]?Inf|[-+0-9.eE]+)");

	private static final Pattern LABEL = Pattern.compile("(\\w+)=\"(?:[^\"\\\\]|\\\\.)*\"");

	@TempDir
	private Path directory;

	@Test
	void tableOfMetersIsThatOfTheCode() throws IOException {
		List<MeterRow> table = table();
		PrometheusMeterRegistry registry = registryAfterEveryEvent();
		assertThat(table.stream().map(MeterRow::meter).toList())
			.containsExactlyInAnyOrderElementsOf(registry.getMeters()
				.stream()
				.map(Meter::getId)
				.filter((id) -> id.getName().startsWith("mtls.") || id.getName().startsWith("ssl."))
				.map(DocumentedMeter::of)
				.collect(Collectors.toSet()));
	}

	@Test
	void tableOfMetersIsWhatPrometheusScrapes() throws IOException {
		Map<String, Family> expected = new TreeMap<>();
		for (MeterRow row : table()) {
			boolean timer = row.meter().type().equals("timer");
			expected.put(row.prometheus(), new Family(timer ? "summary" : row.meter().type(), row.meter().tags()));
			if (timer) {
				expected.put(row.prometheus() + "_max", new Family("gauge", row.meter().tags()));
			}
		}
		assertThat(families(registryAfterEveryEvent().scrape())).isEqualTo(expected);
	}

	@Test
	void chainsAndAnchorsOfGatesAreAmongThoseOfSpringBoot() {
		assertThat(registryAfterEveryEvent().scrape().lines().filter((line) -> line.startsWith("ssl_chain_expiry")))
			.anyMatch((line) -> line.contains("bundle=\"mtls-server\"") && line.contains("source=\"keystore\""))
			.anyMatch((line) -> line.contains("bundle=\"mtls-server\"") && line.contains("source=\"truststore\""));
	}

	@Test
	void alertsAreRulesOverMetricsThatAreThere() throws IOException {
		Object yaml = new Yaml(new SafeConstructor(new LoaderOptions())).load(read("prometheus-alerts.yaml"));
		List<String> alerts = new ArrayList<>();
		StringBuilder expressions = new StringBuilder();
		for (JsonNode group : new JsonMapper().<JsonNode>valueToTree(yaml).get("groups")) {
			assertThat(group.get("name").asString()).isNotBlank();
			for (JsonNode rule : group.get("rules")) {
				alerts.add(rule.get("alert").asString());
				expressions.append(rule.get("expr").asString()).append('\n');
				assertThat(rule.get("for").asString()).as("%s", rule).matches("\\d+[smhd]");
				assertThat(rule.get("labels").get("severity").asString()).as("%s", rule).isIn("warning", "critical");
				assertThat(rule.get("annotations").get("summary").asString()).as("%s", rule).isNotBlank();
			}
		}
		assertThat(alerts).doesNotHaveDuplicates().hasSizeGreaterThan(10).allMatch((alert) -> alert.startsWith("Mtls"));
		assertRefersToSamples(expressions.toString());
	}

	@Test
	void dashboardShowsEveryMeter() throws IOException {
		JsonNode dashboard = new JsonMapper().readTree(read("grafana-dashboard.json"));
		List<String> variables = new ArrayList<>();
		dashboard.get("templating").get("list").forEach((variable) -> variables.add(variable.get("name").asString()));
		assertThat(variables).containsExactly("datasource", "application");
		StringBuilder expressions = new StringBuilder();
		Set<Integer> ids = new TreeSet<>();
		for (JsonNode panel : dashboard.get("panels")) {
			assertThat(ids.add(panel.get("id").asInt())).as("%s", panel.get("title")).isTrue();
			panel.path("targets").forEach((target) -> {
				assertThat(target.get("expr").asString()).contains("application=~\"$application\"");
				expressions.append(target.get("expr").asString()).append('\n');
			});
		}
		assertRefersToSamples(expressions.toString());
		assertThat(table()).allSatisfy((row) -> assertThat(names(expressions.toString()))
			.anyMatch((name) -> name.matches(row.prometheus() + "(_count|_sum|_max)?")));
	}

	private void assertRefersToSamples(String expressions) {
		Map<String, Set<String>> samples = samples(registryAfterEveryEvent().scrape());
		assertThat(names(expressions)).isNotEmpty().isSubsetOf(samples.keySet());
		Matcher selector = Pattern.compile("(" + NAME + ")\\{([^}]*)}").matcher(expressions);
		while (selector.find()) {
			Set<String> labels = Pattern.compile("(\\w+)(?:=~|!~|!=|=)\"")
				.matcher(selector.group(2))
				.results()
				.map((label) -> label.group(1))
				// The common tag
				.filter((label) -> !label.equals("application"))
				.collect(Collectors.toSet());
			assertThat(samples.get(selector.group(1))).as(selector.group()).containsAll(labels);
		}
	}

	private static Set<String> names(String expressions) {
		return Pattern.compile(NAME)
			.matcher(expressions)
			.results()
			.map((name) -> name.group())
			.collect(Collectors.toCollection(TreeSet::new));
	}

	private static Map<String, Family> families(String scrape) {
		Map<String, Set<String>> samples = samples(scrape);
		Map<String, Family> families = new TreeMap<>();
		for (String line : scrape.split("\n", -1)) {
			Matcher type = TYPE.matcher(line);
			if (type.matches() && type.group(1).matches(NAME)) {
				String sample = type.group(2).equals("summary") ? type.group(1) + "_count" : type.group(1);
				assertThat(samples).as(line).containsKey(sample);
				families.put(type.group(1), new Family(type.group(2), samples.getOrDefault(sample, Set.of())));
			}
		}
		return families;
	}

	// Every sample of a metric has the same labels
	private static Map<String, Set<String>> samples(String scrape) {
		Map<String, Set<String>> samples = new TreeMap<>();
		for (String line : scrape.split("\n", -1)) {
			if (line.isEmpty() || line.startsWith("# HELP ") || TYPE.matcher(line).matches()) {
				continue;
			}
			Matcher sample = SAMPLE.matcher(line);
			assertThat(sample.matches()).as(line).isTrue();
			Set<String> labels = (sample.group(2) != null) ? LABEL.matcher(sample.group(2))
				.results()
				.map((label) -> label.group(1))
				.collect(Collectors.toCollection(TreeSet::new)) : Set.of();
			Set<String> before = samples.put(sample.group(1), labels);
			assertThat((before != null) ? before : labels).as(line).isEqualTo(labels);
		}
		return samples;
	}

	private static List<MeterRow> table() throws IOException {
		List<MeterRow> rows = read("README.md").lines()
			.filter((line) -> line.matches("\\| `(mtls|ssl)\\.[a-z.]+` \\| `.*"))
			.map(MeterRow::of)
			.toList();
		assertThat(rows).isNotEmpty();
		return rows;
	}

	private static String read(String file) throws IOException {
		return Files.readString(DOCUMENTATION.resolve(file));
	}

	private PrometheusMeterRegistry registryAfterEveryEvent() {
		PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
		registry.throwExceptionOnRegistrationFailure();
		new ApplicationContextRunner()
			.withConfiguration(AutoConfigurations.of(MetricsAutoConfiguration.class, SslMetricsAutoConfiguration.class,
					SslAutoConfiguration.class, MtlsAutoConfiguration.class, MtlsServerAutoConfiguration.class,
					MtlsClientAutoConfiguration.class, MtlsHttpClientAutoConfiguration.class,
					MtlsMetricsAutoConfiguration.class, MtlsTunnelAutoConfiguration.class,
					MtlsTunnelsMetricsAutoConfiguration.class, HttpClientAutoConfiguration.class,
					ImperativeHttpClientAutoConfiguration.class))
			.withBean(PrometheusMeterRegistry.class, () -> registry)
			.withPropertyValues("mtls.reload.enabled=false")
			.withPropertyValues(properties())
			.run((context) -> {
				List<MtlsEvent> events = everyEvent();
				assertThat(events).extracting(Object::getClass)
					.doesNotHaveDuplicates()
					.hasSameElementsAs(Arrays.asList(MtlsEvent.class.getPermittedSubclasses()));
				events.forEach(context.getBean(MtlsEventMulticaster.class));
				registry.scrape();
			});
		return registry;
	}

	private String[] properties() {
		TestAuthority authority = TestAuthority.create();
		authority.writeTo(this.directory, "ca");
		authority.server().writeTo(this.directory, "server");
		authority.client("client").writeTo(this.directory, "client");
		try {
			Files.write(this.directory.resolve("ca.crl"), authority.crl());
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		return new String[] { "mtls.server.certificate=" + file("server.crt"),
				"mtls.server.private-key=" + file("server.key"), "mtls.server.trust-certificates=" + file("ca.crt"),
				"mtls.server.revocation.crls=" + file("ca.crl"), "mtls.client.certificate=" + file("client.crt"),
				"mtls.client.private-key=" + file("client.key"), "mtls.client.trust-certificates=" + file("ca.crt"),
				"mtls.tunnels.out.role=client", "mtls.tunnels.out.listen=127.0.0.1:0",
				"mtls.tunnels.out.target=localhost:9" };
	}

	private String file(String name) {
		return "file:" + this.directory.resolve(name);
	}

	private static List<MtlsEvent> everyEvent() {
		Instant now = Instant.now();
		TlsSession tls = new TlsSession("TLSv1.3", "TLS_AES_256_GCM_SHA384", false, Duration.ofMillis(7));
		return List.of(new MtlsEvent.PeerAdmitted(now, "server", null, null, tls, "any"),
				new MtlsEvent.PeerRefused(now, "server", null, null, tls, Reason.HANDSHAKE_RATE, "x"),
				new MtlsEvent.RefusalReported(now, "server", null, null, tls, Reason.PIN_MISMATCH, "x"),
				new MtlsEvent.ConnectionCut(now, "server", null, null, tls, Reason.CERTIFICATE_REVOKED, "x"),
				new MtlsEvent.KillSwitchChanged(now, "server", true), new MtlsEvent.Reloaded(now, "server", 2),
				new MtlsEvent.ReloadKept(now, "server", Reason.KEY_MISMATCH, "x"),
				new MtlsEvent.Warned(now, "server", "x"),
				new MtlsEvent.OcspAsked(now, "server", URI.create("http://ocsp/"), Duration.ofMillis(30), "gone"));
	}

	/**
	 * A metric as Prometheus sees it.
	 *
	 * @param type its type
	 * @param labels its labels
	 */
	private record Family(String type, Set<String> labels) {

	}

	/**
	 * A meter as the table tells of it.
	 *
	 * @param name its name
	 * @param type its type
	 * @param tags its tags
	 * @param unit its unit, {@code -} if it has none
	 */
	private record DocumentedMeter(String name, String type, Set<String> tags, String unit) {

		static DocumentedMeter of(Meter.Id id) {
			return new DocumentedMeter(id.getName(), id.getType().name().toLowerCase(Locale.ROOT),
					id.getTags().stream().map(Tag::getKey).collect(Collectors.toCollection(TreeSet::new)),
					(id.getBaseUnit() != null) ? id.getBaseUnit() : "-");
		}

	}

	/**
	 * A row of the table.
	 *
	 * @param meter the meter
	 * @param prometheus its name in Prometheus
	 */
	private record MeterRow(DocumentedMeter meter, String prometheus) {

		static MeterRow of(String line) {
			List<String> cells = Arrays.stream(line.split("\\|", -1))
				.map((cell) -> cell.strip().replace("`", ""))
				.toList();
			assertThat(cells).as(line).hasSize(8);
			assertThat(cells.get(6)).as(line).isNotBlank();
			Set<String> tags = Arrays.stream(cells.get(4).split(",\\s*", -1))
				.filter((tag) -> !tag.isEmpty())
				.collect(Collectors.toCollection(TreeSet::new));
			return new MeterRow(new DocumentedMeter(cells.get(1), cells.get(3), tags, cells.get(5)), cells.get(2));
		}

	}

}
