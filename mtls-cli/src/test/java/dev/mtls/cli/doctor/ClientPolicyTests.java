package dev.mtls.cli.doctor;

import java.time.Duration;
import java.time.Instant;
import java.util.List;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import dev.mtls.identity.ReferenceIdentifier;
import dev.mtls.material.KeyMaterial;
import dev.mtls.material.TrustMaterial;
import dev.mtls.test.TestAuthority;
import dev.mtls.test.TestCertificate;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link ClientPolicy} and {@link Refusal}.
 */
class ClientPolicyTests {

	private static final TestAuthority AUTHORITY = TestAuthority.create();

	private static final String OURS = "CN=Test CA";

	@ParameterizedTest
	@CsvSource(delimiter = '|', textBlock = """
			bad_certificate         | damaged                 | log of the server
			unsupported_certificate | a use                   | clientAuth
			certificate_revoked     | revoked                 | have a new client certificate issued
			certificate_expired     | expired                 | compare the clocks
			certificate_unknown     | does not say why        | log of the server
			unknown_ca              | trust its CA            | have the server trust CN=Test CA
			access_denied           | not allowed             | allow its name
			certificate_required    | has received none       | log of the server
			decrypt_error           | did not prove itself    | log of the server
			handshake_failure       | ends the handshake      | log of the server
			""")
	void provenWhenAlertedTellsWhatItMeans(String alert, String meaning, String fix) {
		Step step = policy().proven(encounter(true, OURS, new Failure(Failure.Kind.ALERT, alert)));
		assertThat(step.findings()).singleElement().satisfies((finding) -> {
			assertThat(finding.problem()).isEqualTo(Problem.CLIENT_CERTIFICATE_REFUSED);
			assertThat(finding.detail()).contains("alert " + alert, meaning);
			assertThat(finding.fix()).contains(fix);
		});
		assertThat(step.facts()).containsEntry("presented", true).containsEntry("accepted", false);
	}

	@Test
	void provenWhenIssuerIsNotNamedTellsToUseAnother() {
		Failure unknown = new Failure(Failure.Kind.ALERT, "certificate_unknown");
		assertThat(policy().proven(encounter(true, "CN=Other CA", unknown)).findings()).singleElement()
			.extracting(Finding::fix)
			.asString()
			.contains("have the server trust CN=Test CA", "an issuer that the server names");
		assertThat(policy().proven(encounter(true, "CN=Other CA", Failure.closed())).findings()).singleElement()
			.extracting(Finding::fix)
			.asString()
			.contains("have the server trust CN=Test CA");
	}

	@Test
	void provenWhenNoKeyTypeFitsTellsTheTypes() {
		Step step = policy().proven(encounter(false, OURS, Failure.closed()));
		assertThat(step.findings()).singleElement().satisfies((finding) -> {
			assertThat(finding.problem()).isEqualTo(Problem.CLIENT_CERTIFICATE_UNUSABLE);
			assertThat(finding.detail()).isEqualTo("yours has a key of type EC, it takes RSA, EdDSA");
		});
	}

	@Test
	void provenWhenServerThatAsksForNothingClosesIsNoRefusal() {
		Encounter met = new Encounter(List.of(), "TLSv1.3", "TLS_AES_128_GCM_SHA256", null, false, Failure.closed());
		assertThat(new ClientPolicy(plan(null), Instant.now()).proven(met).status()).isEqualTo(Status.OK);
	}

	@Test
	void provenWhenSecondConnectionFailsTellsSo() {
		Encounter met = new Encounter(List.of(), "", "", null, false, new Failure(Failure.Kind.TIMEOUT, "none"));
		assertThat(policy().proven(met).findings()).extracting(Finding::problem)
			.containsExactly(Problem.HANDSHAKE_TIMEOUT);
	}

	private static ClientPolicy policy() {
		TestCertificate client = AUTHORITY.client("alice");
		return new ClientPolicy(plan(KeyMaterial.of("client", client.privateKey(), client.chain())), Instant.now());
	}

	private static Plan plan(@Nullable KeyMaterial key) {
		return new Plan(new Target("localhost", 1), "localhost", ReferenceIdentifier.of("localhost"), key,
				TrustMaterial.of("test", List.of(AUTHORITY.anchor())), false, Duration.ofSeconds(1));
	}

	private static Encounter encounter(boolean met, String issuer, Failure failure) {
		return new Encounter(List.of(), "TLSv1.3", "TLS_AES_128_GCM_SHA256",
				new CertificateDemand(List.of("RSA", "EdDSA"), List.of(issuer), met), false, failure);
	}

}
