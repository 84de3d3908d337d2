package dev.mtls.boot.audit;

import java.io.IOException;
import java.net.InetAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import com.jayway.jsonpath.DocumentContext;
import com.jayway.jsonpath.JsonPath;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;
import org.springframework.boot.logging.logback.StructuredLogEncoder;
import org.springframework.core.env.Environment;
import org.springframework.mock.env.MockEnvironment;

import dev.mtls.decision.MtlsException;
import dev.mtls.decision.Reason;
import dev.mtls.event.MtlsEvent;
import dev.mtls.event.TlsSession;
import dev.mtls.identity.PeerIdentity;
import dev.mtls.test.TestAuthority;
import dev.mtls.test.TestCertificate;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link AuditLog}.
 */
class AuditLogTests {

	private static final Instant NOW = Instant.parse("2026-05-01T12:00:00Z");

	private static final InetAddress ADDRESS = InetAddress.getLoopbackAddress();

	private static final TlsSession TLS = new TlsSession("TLSv1.3", "TLS_AES_256_GCM_SHA384", true,
			Duration.ofMillis(7));

	private final AuditLog log = new AuditLog();

	private final Logger logger = (Logger) LoggerFactory.getLogger(AuditLog.LOGGER);

	private final ListAppender<ILoggingEvent> lines = new ListAppender<>();

	@BeforeEach
	void append() {
		this.logger.setLevel(Level.INFO);
		this.lines.start();
		this.logger.addAppender(this.lines);
	}

	@AfterEach
	void detach() {
		this.logger.detachAppender(this.lines);
		this.logger.setLevel(null);
	}

	@Test
	void onEventWhenPeerIsAdmittedWritesAllThatIsKnownInOneLine() {
		PeerIdentity identity = PeerIdentity.of(TestAuthority.create().client("api.example.com").chain().get(0));
		this.log.onEvent(new MtlsEvent.PeerAdmitted(NOW, "server", ADDRESS, identity, TLS, "dns:api.example.com"));
		assertThat(line().getLevel()).isEqualTo(Level.INFO);
		assertThat(line().getFormattedMessage()).isEqualTo(
				"event=peer-admitted gate=server address=127.0.0.1 identity=api.example.com serial=%s rule=dns:api.example.com protocol=TLSv1.3 cipher=TLS_AES_256_GCM_SHA384 resumed=true"
					.formatted(identity.serialNumber().toString(16)));
		assertThat(line().getKeyValuePairs()).extracting((pair) -> pair.key)
			.containsExactly("mtls.event", "mtls.gate", "mtls.address", "mtls.identity", "mtls.serial", "mtls.rule",
					"mtls.protocol", "mtls.cipher", "mtls.resumed");
	}

	@Test
	void onEventWhenPeerIsRefusedWritesTheFieldsThatThePageShows() throws IOException {
		PeerIdentity identity = PeerIdentity.of(TestAuthority.create().client("billing.example.com").certificate());
		this.log.onEvent(new MtlsEvent.PeerRefused(NOW, "server", ADDRESS, identity,
				new TlsSession("TLSv1.3", "TLS_AES_256_GCM_SHA384", false, Duration.ofMillis(7)),
				Reason.IDENTITY_NOT_ALLOWED, "presented billing.example.com"));
		String line = line().getFormattedMessage()
			.replace("address=127.0.0.1", "address=10.1.2.3")
			.replace("serial=" + identity.serialNumber().toString(16), "serial=5f3a")
			.replace("\"presented billing.example.com\"", "\"...\"");
		assertThat(Files.readAllLines(Path.of("..", "docs", "operations", "README.md"))).contains(line);
	}

	@ParameterizedTest
	@MethodSource
	void onEventWritesALineForEachEvent(MtlsEvent event, Level level, String text) {
		this.log.onEvent(event);
		assertThat(line().getLevel()).isEqualTo(level);
		assertThat(line().getFormattedMessage()).isEqualTo(text);
	}

	static Stream<Arguments> onEventWritesALineForEachEvent() {
		return Stream.of(event(
				new MtlsEvent.PeerRefused(NOW, "server", ADDRESS, null, null, Reason.ISSUER_UNKNOWN, "no path"),
				Level.WARN,
				"event=peer-refused gate=server address=127.0.0.1 reason=issuer-unknown number=307 detail=\"no path\""),
				event(new MtlsEvent.RefusalReported(NOW, "server", null, null, TLS, Reason.PIN_MISMATCH, "x"),
						Level.WARN,
						"event=refusal-reported gate=server reason=pin-mismatch number=504 detail=x protocol=TLSv1.3 cipher=TLS_AES_256_GCM_SHA384 resumed=true"),
				event(new MtlsEvent.ConnectionCut(NOW, "client", ADDRESS, null, null, Reason.KILL_SWITCH, "x"),
						Level.WARN,
						"event=connection-cut gate=client address=127.0.0.1 reason=kill-switch number=503 detail=x"),
				event(new MtlsEvent.KillSwitchChanged(NOW, "server", true), Level.WARN,
						"event=kill-switch-changed gate=server engaged=true"),
				event(new MtlsEvent.Reloaded(NOW, "server", 7), Level.INFO, "event=reloaded gate=server generation=7"),
				event(new MtlsEvent.ReloadKept(NOW, "server", Reason.KEY_MISMATCH, "tls.key: no"), Level.WARN,
						"event=reload-kept gate=server reason=key-mismatch number=108 detail=\"tls.key: no\""),
				event(new MtlsEvent.OcspAsked(NOW, "server", URI.create("http://ocsp/"), Duration.ofMillis(9), null),
						Level.INFO, "event=ocsp-asked gate=server responder=http://ocsp/ millis=9"),
				event(new MtlsEvent.OcspAsked(NOW, "server", URI.create("http://ocsp/"), Duration.ofMillis(9), "gone"),
						Level.WARN, "event=ocsp-asked gate=server responder=http://ocsp/ millis=9 detail=gone"),
				event(new MtlsEvent.Warned(NOW, "server", "say \"hi\" {}"), Level.WARN,
						"event=warned gate=server detail=\"say \\\"hi\\\" {}\""));
	}

	@ParameterizedTest
	@ValueSource(strings = { "evil\r\nevent=peer-admitted", "\u001b[2Jevil", "evil\",\"log.level\":\"INFO",
			"evil\u2028x", "evil\\u000ax" })
	void onEventWhenNameIsHostileWritesOneLineAndValidJson(String name) throws Exception {
		this.log.onEvent(refused(TestAuthority.create().client((request) -> request.commonName(name))));
		assertThat(line().getFormattedMessage()).doesNotContainPattern("[\\p{Cntrl}\u2028]");
		for (String format : List.of("ecs", "gelf", "logstash")) {
			String json = structured(format);
			assertThat(json.strip().lines()).as(format).hasSize(1);
			assertThat(json).doesNotContain("\u001b", "\u2028");
			DocumentContext document = JsonPath.parse(json);
			assertThat(document.<Map<String, Object>>read("$").toString()).as(format).contains("peer-refused", "evil");
		}
	}

	@Test
	void onEventWhenDetailHasControlCharactersWritesOneLine() {
		this.log.onEvent(new MtlsEvent.Warned(NOW, "server", "a\r\nb\u001b[2J"));
		assertThat(line().getFormattedMessage())
			.isEqualTo("event=warned gate=server detail=a\\u000d\\u000ab\\u001b[2J");
	}

	@Test
	void structuredFormatHoldsEachFieldByItself() throws Exception {
		this.log.onEvent(new MtlsEvent.PeerRefused(NOW, "server", ADDRESS, null, TLS, Reason.PIN_MISMATCH, "x"));
		DocumentContext ecs = JsonPath.parse(structured("ecs"));
		assertThat(ecs.<String>read("$.mtls.event")).isEqualTo("peer-refused");
		assertThat(ecs.<String>read("$.mtls.reason")).isEqualTo("pin-mismatch");
		assertThat(ecs.<Boolean>read("$.mtls.resumed")).isTrue();
		DocumentContext logstash = JsonPath.parse(structured("logstash"));
		assertThat(logstash.<String>read("$['mtls.address']")).isEqualTo("127.0.0.1");
		DocumentContext gelf = JsonPath.parse(structured("gelf"));
		assertThat(gelf.<String>read("$['_mtls.cipher']")).isEqualTo("TLS_AES_256_GCM_SHA384");
	}

	@Test
	void onEventWhenRefusalsFloodWritesSomeLinesAndASummary() {
		for (int i = 0; i < 1000; i++) {
			this.log.onEvent(
					new MtlsEvent.PeerRefused(NOW, "server", ADDRESS, null, null, Reason.ADDRESS_NOT_ALLOWED, "x"));
		}
		assertThat(this.lines.list).hasSize(AuditLog.LINES);
		this.log.summarize(NOW.plusSeconds(9));
		assertThat(this.lines.list).hasSize(AuditLog.LINES);
		this.log.summarize(NOW.plusSeconds(10));
		this.log.summarize(NOW.plusSeconds(20));
		assertThat(this.lines.list).hasSize(AuditLog.LINES + 1)
			.last()
			.satisfies((line) -> assertThat(line.getFormattedMessage())
				.isEqualTo("event=peers-refused reason=address-not-allowed number=501 count=900 seconds=10"));
	}

	@Test
	void onEventWhenLevelIsWarnLeavesAdmissionsOut() {
		this.logger.setLevel(Level.WARN);
		this.log.onEvent(new MtlsEvent.PeerAdmitted(NOW, "server", ADDRESS, null, TLS, "anonymous"));
		assertThat(this.lines.list).isEmpty();
	}

	// A name with a control character is none, and shows in the detail alone
	private static MtlsEvent refused(TestCertificate client) {
		try {
			PeerIdentity identity = PeerIdentity.of(client.chain().get(0));
			return new MtlsEvent.PeerRefused(NOW, "server", ADDRESS, identity, TLS, Reason.IDENTITY_NOT_ALLOWED,
					"presented " + identity.displayName());
		}
		catch (MtlsException ex) {
			return new MtlsEvent.PeerRefused(NOW, "server", ADDRESS, null, TLS, ex.reason(), ex.problem());
		}
	}

	private ILoggingEvent line() {
		assertThat(this.lines.list).hasSize(1);
		return this.lines.list.get(0);
	}

	private String structured(String format) {
		LoggerContext context = new LoggerContext();
		context.putObject(Environment.class.getName(), new MockEnvironment());
		StructuredLogEncoder encoder = new StructuredLogEncoder();
		encoder.setContext(context);
		encoder.setFormat(format);
		encoder.start();
		return new String(encoder.encode(line()), StandardCharsets.UTF_8);
	}

	private static Arguments event(MtlsEvent event, Level level, String text) {
		return Arguments.of(event, level, text);
	}

}
