package dev.mtls.boot.client;

import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSocket;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.ssl.SslAutoConfiguration;
import org.springframework.boot.http.client.autoconfigure.HttpClientAutoConfiguration;
import org.springframework.boot.http.client.autoconfigure.imperative.ImperativeHttpClientAutoConfiguration;
import org.springframework.boot.http.client.autoconfigure.reactive.ReactiveHttpClientAutoConfiguration;
import org.springframework.boot.restclient.autoconfigure.RestClientAutoConfiguration;
import org.springframework.boot.test.context.assertj.AssertableApplicationContext;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.webclient.autoconfigure.WebClientAutoConfiguration;
import org.springframework.http.HttpMethod;

import dev.mtls.authority.CertificateRequest;
import dev.mtls.boot.autoconfigure.MtlsAutoConfiguration;
import dev.mtls.boot.autoconfigure.MtlsClientAutoConfiguration;
import dev.mtls.boot.autoconfigure.MtlsHttpClientAutoConfiguration;
import dev.mtls.boot.client.HttpLibrary.Requester;
import dev.mtls.decision.MtlsException;
import dev.mtls.decision.Reason;
import dev.mtls.gate.Gate;
import dev.mtls.gate.KillSwitch;
import dev.mtls.material.TrustMaterial;
import dev.mtls.test.Flaw;
import dev.mtls.test.TestAuthority;
import dev.mtls.test.TestCertificate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.awaitility.Awaitility.await;

/**
 * What an application sees of its HTTP clients: each way to send a request, in each case.
 */
class OutboundTests {

	private static final Duration SECOND = Duration.ofSeconds(1);

	@TempDir
	private Path directory;

	private final TestAuthority authority = TestAuthority.create();

	private final List<HttpsPeer> servers = new ArrayList<>();

	private ApplicationContextRunner runner;

	@BeforeEach
	void start() throws IOException {
		this.authority.client("client").writeTo(this.directory, "client");
		this.authority.writeTo(this.directory, "ca");
		Files.writeString(this.directory.resolve("servers"), "localhost\n");
		Files.write(this.directory.resolve("ca.crl"), this.authority.crl());
		this.runner = new ApplicationContextRunner()
			.withConfiguration(AutoConfigurations.of(MtlsAutoConfiguration.class, MtlsClientAutoConfiguration.class,
					MtlsHttpClientAutoConfiguration.class, SslAutoConfiguration.class,
					HttpClientAutoConfiguration.class, ImperativeHttpClientAutoConfiguration.class,
					ReactiveHttpClientAutoConfiguration.class, RestClientAutoConfiguration.class,
					WebClientAutoConfiguration.class))
			.withPropertyValues("mtls.reload.enabled=false",
					"mtls.client.certificate=" + this.directory.resolve("client.crt"),
					"mtls.client.private-key=" + this.directory.resolve("client.key"),
					"mtls.client.trust-certificates=" + this.directory.resolve("ca.crt"),
					"mtls.client.allowed-servers=file:" + this.directory.resolve("servers"),
					"mtls.client.revocation.crls=" + this.directory.resolve("ca.crl"));
	}

	@AfterEach
	void stop() {
		this.servers.forEach(HttpsPeer::close);
	}

	@ParameterizedTest
	@EnumSource
	void serverThatIsRightAnswersAndIsGivenTheCertificate(HttpLibrary library) {
		HttpsPeer server = serve(this.authority.server());
		run(library, (requester) -> {
			assertThat(requester.get(server.url("localhost", "/whoami"))).isEqualTo("CN=client");
			assertThat(requester.get(server.url("127.0.0.1", "/whoami"))).isEqualTo("CN=client");
		});
	}

	@ParameterizedTest
	@EnumSource
	void serverThatThePlatformTrustsAnswers(HttpLibrary library) throws Exception {
		HttpsPeer server = serve(this.authority.server());
		Path store = this.directory.resolve("platform.p12");
		try (OutputStream out = Files.newOutputStream(store)) {
			TrustMaterial.of("platform", List.of(this.authority.anchor()))
				.toKeyStore()
				.store(out, "changeit".toCharArray());
		}
		run(library,
				(requester) -> assertThat(refusalOf(() -> requester.get(server.url("localhost", "/whoami"))).reason())
					.isEqualTo(Reason.ISSUER_UNKNOWN),
				"mtls.client.trust-certificates=system");
		System.setProperty("javax.net.ssl.trustStore", store.toString());
		System.setProperty("javax.net.ssl.trustStorePassword", "changeit");
		try {
			run(library,
					(requester) -> assertThat(requester.get(server.url("localhost", "/whoami"))).isEqualTo("CN=client"),
					"mtls.client.trust-certificates=system");
		}
		finally {
			System.clearProperty("javax.net.ssl.trustStore");
			System.clearProperty("javax.net.ssl.trustStorePassword");
		}
	}

	static Stream<RefusedServer> refusedServers() {
		return Stream.of(
				new RefusedServer("wrong name", Reason.HOST_NAME_MISMATCH, "connected to localhost",
						(authority) -> authority.server(Flaw.WRONG_NAME), List.of()),
				new RefusedServer("expired", Reason.CERTIFICATE_EXPIRED, "expired",
						(authority) -> authority.server(Flaw.EXPIRED), List.of()),
				new RefusedServer("self-signed", Reason.ISSUER_UNKNOWN, "issuer",
						(authority) -> authority.server(Flaw.SELF_SIGNED), List.of()),
				new RefusedServer("of another authority", Reason.ISSUER_UNKNOWN, "issuer",
						(authority) -> authority.server(Flaw.OTHER_AUTHORITY), List.of()),
				new RefusedServer("wrong identity", Reason.IDENTITY_NOT_ALLOWED, "allowed are dns:other.example.com",
						(authority) -> authority.server(),
						List.of("mtls.client.allowed-servers=dns:other.example.com")),
				new RefusedServer("wrong pin", Reason.PIN_MISMATCH, "pin", (authority) -> authority.server(),
						List.of("mtls.client.pins=cert-sha256:" + "0".repeat(64))));
	}

	@ParameterizedTest
	@MethodSource("everyLibraryAndRefusedServer")
	void serverThatIsWrongIsRefusedWithItsReason(HttpLibrary library, RefusedServer wrong) {
		HttpsPeer server = serve(wrong.certificate().of(this.authority));
		run(library, (requester) -> {
			MtlsException refused = refusalOf(() -> requester.get(server.url("localhost", "/whoami")));
			assertThat(refused.reason()).isEqualTo(wrong.reason());
			assertThat(refused.problem()).contains(wrong.text());
			assertThat(refused.place()).contains("localhost");
			assertThat(refused.isRecoverable()).isFalse();
			assertThat(server.requests()).isZero();
		}, wrong.properties().toArray(String[]::new));
	}

	static Stream<Object[]> everyLibraryAndRefusedServer() {
		return Stream.of(HttpLibrary.values())
			.flatMap((library) -> refusedServers().map((wrong) -> new Object[] { library, wrong }));
	}

	@ParameterizedTest
	@EnumSource
	void serverThatIsRevokedIsCutAndRefused(HttpLibrary library) {
		TestCertificate certificate = this.authority.server();
		HttpsPeer server = serve(certificate);
		HttpsPeer other = serve(this.authority.server());
		run(library, (context, requester) -> {
			assertThat(requester.get(server.url("localhost", "/whoami"))).isEqualTo("CN=client");
			CompletableFuture<String> held = background(() -> requester.get(server.url("localhost", "/hold")));
			CompletableFuture<String> untouched = background(() -> requester.get(other.url("localhost", "/hold")));
			await().until(() -> server.requests() == 2 && other.requests() == 1);
			Files.write(this.directory.resolve("ca.crl"), this.authority.crl(certificate.certificate()));
			context.getBean(Gate.class).reload();
			await().atMost(SECOND).until(held::isDone);
			await().atMost(SECOND).until(server.connections()::isEmpty);
			assertThat(refusalOf(held::get).reason()).isEqualTo(Reason.CERTIFICATE_REVOKED);
			assertThat(refusalOf(() -> requester.get(server.url("localhost", "/whoami"))).reason())
				.isEqualTo(Reason.CERTIFICATE_REVOKED);
			assertThat(untouched).isNotDone();
			other.release();
			assertThat(untouched.get()).isEqualTo("CN=client");
		});
	}

	@ParameterizedTest
	@EnumSource
	void killSwitchCutsLiveConnectionsAndMakesNone(HttpLibrary library) {
		HttpsPeer server = serve(this.authority.server());
		run(library, (context, requester) -> {
			CompletableFuture<String> held = background(() -> requester.get(server.url("localhost", "/hold")));
			CompletableFuture<String> read = background(() -> requester.get(server.url("localhost", "/stream")));
			await().until(() -> server.requests() == 2);
			context.getBean(KillSwitch.class).set(true);
			await().atMost(SECOND).until(() -> held.isDone() && read.isDone());
			await().atMost(SECOND).until(server.connections()::isEmpty);
			assertThat(refusalOf(held::get).reason()).isEqualTo(Reason.KILL_SWITCH);
			assertThat(refusalOf(read::get).reason()).isEqualTo(Reason.KILL_SWITCH);
			int accepted = server.accepted();
			assertThat(refusalOf(() -> requester.get(server.url("localhost", "/whoami"))).reason())
				.isEqualTo(Reason.KILL_SWITCH);
			assertThat(server.accepted()).isEqualTo(accepted);
			context.getBean(KillSwitch.class).set(false);
			assertThat(requester.get(server.url("localhost", "/whoami"))).isEqualTo("CN=client");
		});
	}

	@ParameterizedTest
	@EnumSource
	void addressThatIsNotListedIsNotConnectedTo(HttpLibrary library) {
		HttpsPeer server = serve(this.authority.server());
		HttpsPeer listed = new HttpsPeer(this.authority,
				this.authority.issue(CertificateRequest.server("localhost").ip("127.0.0.2").build()), address());
		this.servers.add(listed);
		this.runner = this.runner.withPropertyValues("mtls.client.allowed-networks=127.0.0.2");
		if (!library.tellsAddresses()) {
			this.runner.withPropertyValues(library.properties())
				.run((context) -> assertThat(context).getFailure()
					.rootCause()
					.isInstanceOf(MtlsException.class)
					.hasMessageContaining("allowed-networks")
					.hasMessageContaining("httpclient5"));
			return;
		}
		run(library, (requester) -> {
			for (String host : List.of("localhost", "127.0.0.1")) {
				MtlsException refused = refusalOf(() -> requester.get(server.url(host, "/whoami")));
				assertThat(refused.reason()).isEqualTo(Reason.ADDRESS_NOT_ALLOWED);
			}
			assertThat(server.accepted()).isZero();
			assertThat(requester.get(listed.url("127.0.0.2", "/whoami"))).isEqualTo("CN=client");
		});
	}

	@ParameterizedTest
	@EnumSource
	void changesUnderLoadFailNoRequest(HttpLibrary library) {
		HttpsPeer server = serve(this.authority.server());
		run(library, (context, requester) -> {
			AtomicBoolean end = new AtomicBoolean();
			AtomicInteger sent = new AtomicInteger();
			List<CompletableFuture<String>> load = new ArrayList<>();
			for (int i = 0; i < 3; i++) {
				load.add(background(() -> {
					while (!end.get()) {
						assertThat(requester.get(server.url("localhost", "/whoami"))).startsWith("CN=client");
						sent.incrementAndGet();
					}
					return "";
				}));
			}
			for (int i = 0; i < 10; i++) {
				int before = sent.get();
				await().until(() -> sent.get() > before + 20);
				this.authority.client("client-" + i).writeTo(this.directory, "client");
				assertThat(context.getBean(Gate.class).reload()).isTrue();
				assertThat(requester.get(server.url("localhost", "/whoami"))).isEqualTo("CN=client-" + i);
			}
			end.set(true);
			for (CompletableFuture<String> thread : load) {
				assertThat(thread.get()).isEmpty();
			}
			await().atMost(Duration.ofSeconds(5))
				.until(() -> server.connections()
					.stream()
					.allMatch((connection) -> peerOf(connection).equals("CN=client-9")));
		});
	}

	@ParameterizedTest
	@EnumSource
	void requestThatHasBegunEndsOnTheOldClient(HttpLibrary library) {
		HttpsPeer server = serve(this.authority.server());
		run(library, (context, requester) -> {
			CompletableFuture<String> held = background(() -> requester.get(server.url("localhost", "/hold")));
			await().until(() -> server.requests() == 1);
			this.authority.client("renewed").writeTo(this.directory, "client");
			context.getBean(Gate.class).reload();
			assertThat(requester.get(server.url("localhost", "/whoami"))).isEqualTo("CN=renewed");
			assertThat(held).isNotDone();
			server.release();
			assertThat(held.get()).isEqualTo("CN=client");
			await().atMost(Duration.ofSeconds(5)).until(() -> server.connections().size() == 1);
		});
	}

	@ParameterizedTest
	@EnumSource
	void requestsInTurnMakeOneHandshake(HttpLibrary library) {
		HttpsPeer server = serve(this.authority.server());
		run(library, (requester) -> {
			for (int i = 0; i < 1000; i++) {
				assertThat(requester.get(server.url("localhost", "/whoami"))).isEqualTo("CN=client");
			}
			assertThat(server.handshakes()).isEqualTo(1);
		});
	}

	@ParameterizedTest
	@EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "HTTP_CLIENT")
	void connectionThatBreaksIsTriedAgainAndARefusalIsNot(HttpLibrary library) {
		HttpsPeer server = serve(this.authority.server());
		HttpsPeer refused = serve(this.authority.server(Flaw.WRONG_NAME));
		run(library, (requester) -> {
			assertThat(catchThrowable(() -> requester.get(server.url("localhost", "/drop")))).isNotNull();
			// The JDK tries by itself again where a connection that is kept alive breaks
			assertThat(server.requests()).isBetween(3, library.tellsAddresses() ? 3 : 6);
			int requests = server.requests();
			assertThat(catchThrowable(() -> requester.send(HttpMethod.POST, server.url("localhost", "/drop"))))
				.isNotNull();
			assertThat(server.requests()).isEqualTo(requests + 1);
			assertThat(catchThrowable(() -> requester.get(server.url("localhost", "/status/503")))).isNotNull();
			assertThat(server.requests()).isEqualTo(requests + 1 + 3);
			assertThat(catchThrowable(() -> requester.get(server.url("localhost", "/status/500")))).isNotNull();
			assertThat(server.requests()).isEqualTo(requests + 1 + 3 + 1);
			assertThat(catchThrowable(() -> requester.get(refused.url("localhost", "/whoami")))).isNotNull();
			assertThat(refused.accepted()).isEqualTo(1);
		}, "mtls.client.retry.attempts=3", "mtls.client.retry.delay=10ms", "mtls.client.retry.statuses=503");
	}

	@ParameterizedTest
	@EnumSource
	void portThatNobodyListensToIsTold(HttpLibrary library) {
		HttpsPeer server = serve(this.authority.server());
		server.close();
		run(library, (requester) -> {
			MtlsException failed = refusalOf(() -> requester.get(server.url("localhost", "/whoami")));
			assertThat(failed.reason()).isEqualTo(Reason.CONNECT_FAILED);
			assertThat(failed.isRecoverable()).isTrue();
		});
	}

	@Test
	void buildersAreLeftAloneWhenAskedTo() {
		HttpsPeer server = serve(this.authority.server());
		for (HttpLibrary library : List.of(HttpLibrary.REST_JDK, HttpLibrary.WEB_JDK)) {
			this.runner.withPropertyValues("mtls.client.apply-to-builders=false")
				.withPropertyValues(library.properties())
				.run((context) -> assertThat(
						catchThrowable(() -> library.requester(context).get(server.url("localhost", "/whoami"))))
					.isNotNull());
		}
		assertThat(server.requests()).isZero();
	}

	private HttpsPeer serve(TestCertificate certificate) {
		HttpsPeer server = new HttpsPeer(this.authority, certificate);
		this.servers.add(server);
		return server;
	}

	private void run(HttpLibrary library, Check check, String... properties) {
		run(library, (context, requester) -> check.check(requester), properties);
	}

	private void run(HttpLibrary library, ContextCheck check, String... properties) {
		this.runner.withPropertyValues(library.properties()).withPropertyValues(properties).run((context) -> {
			assertThat(context).hasNotFailed();
			check.check(context, library.requester(context));
		});
	}

	private static MtlsException refusalOf(Call call) {
		Throwable failure = catchThrowable(call::send);
		assertThat(failure).isNotNull();
		MtlsException reason = ConnectionFailure.reasonOf(failure);
		assertThat(reason).withFailMessage(() -> stackOf(failure)).isNotNull();
		return Objects.requireNonNull(reason);
	}

	private static String stackOf(@Nullable Throwable failure) {
		StringBuilder stack = new StringBuilder();
		for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
			stack.append(cause).append('\n');
		}
		return stack.toString();
	}

	private static CompletableFuture<String> background(Call call) {
		CompletableFuture<String> answer = new CompletableFuture<>();
		Thread thread = new Thread(() -> {
			try {
				answer.complete(call.send());
			}
			catch (Throwable ex) {
				answer.completeExceptionally(ex);
			}
		});
		thread.setDaemon(true);
		thread.start();
		return answer;
	}

	private static String peerOf(SSLSocket connection) {
		try {
			return connection.getSession().getPeerPrincipal().getName();
		}
		catch (SSLPeerUnverifiedException ex) {
			throw new IllegalStateException(ex);
		}
	}

	private static InetAddress address() {
		try {
			return InetAddress.getByName("127.0.0.2");
		}
		catch (IOException ex) {
			throw new IllegalStateException(ex);
		}
	}

	/**
	 * A server that must be refused.
	 */
	private record RefusedServer(String name, Reason reason, String text, Certificate certificate,
			List<String> properties) {

		@Override
		public String toString() {
			return this.name;
		}

	}

	@FunctionalInterface
	private interface Certificate {

		TestCertificate of(TestAuthority authority);

	}

	@FunctionalInterface
	private interface Call {

		String send() throws Exception;

	}

	@FunctionalInterface
	private interface Check {

		void check(Requester requester) throws Exception;

	}

	@FunctionalInterface
	private interface ContextCheck {

		void check(AssertableApplicationContext context, Requester requester) throws Exception;

	}

}
