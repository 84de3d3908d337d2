package dev.mtls.socket;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import dev.mtls.authority.CertificateFiles;
import dev.mtls.authority.PemText;
import dev.mtls.decision.MtlsException;
import dev.mtls.decision.Reason;
import dev.mtls.event.MtlsEvent;
import dev.mtls.material.TokenMaterial;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for {@link MtlsContextBuilder}.
 */
@Timeout(60)
class MtlsContextBuilderTests {

	@ParameterizedTest
	@MethodSource
	void buildWhenSomethingIsWrongNamesPlace(UnaryOperator<MtlsContextBuilder> wrong, Reason reason, String place) {
		assertThatExceptionOfType(MtlsException.class)
			.isThrownBy(() -> wrong.apply(Parties.builder(Parties.SERVER)).build())
			.satisfies((ex) -> {
				assertThat(ex.reason()).isEqualTo(reason);
				assertThat(ex.place()).startsWith("MtlsContext").contains(place);
			});
	}

	static List<Arguments> buildWhenSomethingIsWrongNamesPlace() {
		return List.of(
				row((builder) -> builder.certificate("file:/nowhere.crt"), Reason.SOURCE_UNREADABLE, "certificate"),
				row((builder) -> builder.privateKey("base64:AAAA"), Reason.MATERIAL_INVALID, "private-key"),
				row((builder) -> builder.privateKey(Parties.ALICE.privateKeyPem()), Reason.KEY_MISMATCH, "certificate"),
				row((builder) -> builder.keyStore("file:/nowhere.p12", "secret"), Reason.CONFIGURATION_CONFLICT,
						"key-store"),
				row((builder) -> builder.trustCertificates("http://ca.example.com"), Reason.CONFIGURATION_INVALID,
						"trust-certificates"),
				row((builder) -> builder.trustCertificates(), Reason.TRUST_MISSING, "trust-certificates"),
				row((builder) -> builder.allowedNames(), Reason.RULES_EMPTY, "allowed-names"),
				row((builder) -> builder.allowedNames("nonsense:x"), Reason.RULE_INVALID, "allowed-names"),
				row((builder) -> builder.allowedNetworks("10.0.0.1/8"), Reason.RULE_INVALID, "allowed-networks"),
				row((builder) -> builder.pins("x"), Reason.RULE_INVALID, "pins"),
				row((builder) -> builder.crls("file:/nowhere.crl"), Reason.SOURCE_UNREADABLE, "crls"),
				row((builder) -> builder.serverCheck(ServerCheck.BOTH), Reason.CONFIGURATION_CONFLICT,
						"serverCheck=BOTH"),
				row((builder) -> builder.serverCheck(ServerCheck.IDENTITY), Reason.CONFIGURATION_CONFLICT,
						"serverCheck=IDENTITY"),
				row((builder) -> builder.minimumTls("TLSv1.1"), Reason.CONFIGURATION_INVALID, "minimumTls=TLSv1.1"),
				row((builder) -> builder.maximumTls("1.3"), Reason.CONFIGURATION_INVALID, "maximumTls=1.3"),
				row((builder) -> builder.minimumTls("TLSv1.3").maximumTls("TLSv1.2"), Reason.CONFIGURATION_CONFLICT,
						"minimumTls=TLSv1.3"),
				row((builder) -> builder.handshakeTimeout(Duration.ZERO), Reason.CONFIGURATION_INVALID,
						"handshakeTimeout"),
				row((builder) -> builder.connectTimeout(Duration.ZERO), Reason.CONFIGURATION_INVALID, "connectTimeout"),
				row((builder) -> builder.readTimeout(Duration.ofSeconds(-1)), Reason.CONFIGURATION_INVALID,
						"readTimeout"),
				row((builder) -> builder.writeTimeout(Duration.ZERO), Reason.CONFIGURATION_INVALID, "writeTimeout"),
				row((builder) -> builder.reloadInterval(Duration.ZERO), Reason.CONFIGURATION_INVALID,
						"reloadInterval"));
	}

	@Test
	void trustStoreWhenTypeIsTokenThrows() {
		Parties.assertRefused(() -> MtlsContext.builder().trustStore("file:x", TokenMaterial.TYPE, null),
				Reason.CONFIGURATION_INVALID);
	}

	@Test
	void contextWithoutKeyConnectsOnly() {
		try (MtlsContext context = Parties.anonymous().build()) {
			assertThat(context.clientGate().settings().name()).isEqualTo("client");
			Parties.assertRefused(context::serverGate, Reason.KEY_MISSING);
			Parties.assertRefused(context::serverSslContext, Reason.KEY_MISSING);
			Parties.assertRefused(() -> context.listen("127.0.0.1:0"), Reason.KEY_MISSING);
		}
	}

	@Test
	void keyStoreHoldsKeyOfServerAndClient(@TempDir Path folder) throws Exception {
		CertificateFiles.creating()
			.writePrivate(Parties.SERVER.pkcs12("changeit".toCharArray()), folder.resolve("server.p12"));
		try (MtlsContext server = MtlsContext.builder()
			.keyStore("file:" + folder.resolve("server.p12"), "changeit")
			.trustCertificates(PemText.of(Parties.ROOT.certificate()))
			.build();
				MtlsListener listener = server.listen("127.0.0.1:0");
				MtlsContext client = Parties.builder(Parties.ALICE).build();
				MtlsConnection connected = client.connect(Parties.target(listener));
				MtlsConnection accepted = listener.accept()) {
			assertThat(connected.peerIdentity()).isNotNull();
			assertThat(accepted.peerIdentity()).isNotNull();
		}
	}

	@Test
	void onEventTellsUntilRemovedAndIsNotDisturbed() {
		Events first = new Events();
		Events second = new Events();
		Consumer<MtlsEvent> failing = (event) -> {
			throw new IllegalStateException("A listener fails");
		};
		Thread.UncaughtExceptionHandler handler = Thread.currentThread().getUncaughtExceptionHandler();
		Events uncaught = new Events();
		try (MtlsContext context = Parties.builder(Parties.SERVER).onEvent(failing).onEvent(first).build()) {
			Thread.currentThread()
				.setUncaughtExceptionHandler((thread, ex) -> uncaught
					.accept(new MtlsEvent.Warned(Instant.EPOCH, "test", String.valueOf(ex.getMessage()))));
			Runnable removal = context.onEvent(second);
			context.killSwitch().set(true);
			assertThat(first.await(MtlsEvent.KillSwitchChanged.class).engaged()).isTrue();
			assertThat(second.await(MtlsEvent.KillSwitchChanged.class).engaged()).isTrue();
			assertThat(uncaught.await(MtlsEvent.Warned.class).message()).isEqualTo("A listener fails");
			assertThat(second.await(MtlsEvent.KillSwitchChanged.class).engaged()).isTrue();
			removal.run();
			context.killSwitch().set(false);
			assertThat(second.isEmpty()).isTrue();
		}
		finally {
			Thread.currentThread().setUncaughtExceptionHandler(handler);
		}
	}

	@Test
	void threadsEndWithContext() {
		MtlsContext context = Parties.builder(Parties.SERVER).build();
		MtlsListener listener = context.listen("127.0.0.1:0");
		String acceptor = "mtls-accept-%d-".formatted(listener.port());
		assertThat(isRunning(acceptor)).isTrue();
		context.close();
		Parties.await(() -> !isRunning(acceptor));
	}

	private static boolean isRunning(String name) {
		return Thread.getAllStackTraces().keySet().stream().anyMatch((thread) -> thread.getName().startsWith(name));
	}

	private static Arguments row(UnaryOperator<MtlsContextBuilder> wrong, Reason reason, String place) {
		return Arguments.of(wrong, reason, place);
	}

}
