package dev.mtls.integration;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

import javax.net.ssl.SSLContext;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import dev.mtls.decision.Reason;
import dev.mtls.event.MtlsEvent;
import dev.mtls.test.ContentServer;
import dev.mtls.test.OcspFlaw;
import dev.mtls.test.OcspResponder;
import dev.mtls.test.TestAuthority;
import dev.mtls.test.TestCertificate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

/**
 * Tests for servers that ask over the network whether a certificate is revoked, by OCSP
 * or for a CRL.
 */
@Tag("servers")
class OnlineRevocationTests {

	private static final String CLIENT = "alice.example.com";

	private final TestAuthority authority = TestAuthority.create();

	private final OcspResponder responder = this.authority.ocspResponder();

	@TempDir
	private Path directory;

	@AfterEach
	void close() {
		this.responder.close();
	}

	@Test
	void peerThatIsRevokedWhileConnectedIsCutAndRefusedOnResumption() throws IOException {
		TestCertificate alice = client();
		SSLContext context = alice.sslContext(this.authority);
		this.responder.validity(Duration.ofSeconds(8));
		try (TestServer server = start()) {
			assertAdmitted(server, context, "TLSv1.3");
			assertAdmitted(server, context, "TLSv1.3");
			assertThat(this.responder.requests()).isEqualTo(1);
			try (Connection live = Connection.open(context, "TLSv1.3", server.port())) {
				assertThat(live.get("/peer")).isEqualTo(CLIENT);
				this.responder.revoke(alice.certificate());
				live.awaitEnd();
			}
			// By an answer that was asked for before the last one ran out
			assertThat(server.events().await(MtlsEvent.ConnectionCut.class).reason())
				.isEqualTo(Reason.CERTIFICATE_REVOKED);
			assertRefused(server, context, "TLSv1.3", Reason.CERTIFICATE_REVOKED);
		}
	}

	@ParameterizedTest
	@EnumSource(names = { "SILENT", "WRONG_NONCE", "WRONG_SIGNATURE", "FOREIGN_DELEGATE", "OTHER_CERTIFICATE", "STALE",
			"GARBAGE", "HUGE", "REDIRECT" })
	void peerWhenResponderIsSilentOrLiesIsRefusedInTime(OcspFlaw flaw) {
		this.responder.misbehave(flaw);
		try (TestServer server = start("mtls.server.revocation.ocsp.timeout=1s")) {
			Instant start = Instant.now();
			assertRefused(server, client().sslContext(this.authority), "TLSv1.3", Reason.REVOCATION_UNKNOWN);
			assertThat(Duration.between(start, Instant.now())).isLessThan(Duration.ofSeconds(5));
		}
	}

	@Test
	void peerWhenResponderIsSilentAndFailsSoftlyIsAdmittedAndTold() throws IOException {
		this.responder.misbehave(OcspFlaw.SILENT);
		try (TestServer server = start("mtls.server.revocation.ocsp.timeout=500ms",
				"mtls.server.revocation.mode=soft-fail")) {
			assertAdmitted(server, client().sslContext(this.authority), "TLSv1.3");
			assertThat(server.events().await(MtlsEvent.RefusalReported.class).reason())
				.isEqualTo(Reason.REVOCATION_UNKNOWN);
		}
	}

	@Test
	void responderThatIsSilentIsTold() {
		this.responder.misbehave(OcspFlaw.SILENT);
		try (TestServer server = start("mtls.server.revocation.ocsp.timeout=500ms")) {
			assertThatIOException().isThrownBy(
					() -> Connection.open(client().sslContext(this.authority), "TLSv1.2", server.port()).get("/peer"));
			assertThat(server.events().await(MtlsEvent.OcspAsked.class).problem()).isNotNull();
		}
	}

	@Test
	void responderThatAnswersIsTold() throws IOException {
		try (TestServer server = start()) {
			assertAdmitted(server, client().sslContext(this.authority), "TLSv1.3");
			MtlsEvent.OcspAsked asked = server.events().await(MtlsEvent.OcspAsked.class);
			assertThat(asked.responder()).isEqualTo(this.responder.uri());
			assertThat(asked.problem()).isNull();
		}
	}

	@Test
	void peerThatIsRevokedAndFailsSoftlyIsRefused() {
		TestCertificate alice = client();
		this.responder.revoke(alice.certificate());
		try (TestServer server = start("mtls.server.revocation.mode=soft-fail")) {
			assertRefused(server, alice.sslContext(this.authority), "TLSv1.3", Reason.CERTIFICATE_REVOKED);
		}
	}

	@Test
	void peerWhenCrlIsFetchedFromItsDistributionPointIsRefusedWhenListed() throws IOException {
		try (ContentServer crl = ContentServer.serving("ca.crl", this.authority.crl())) {
			TestCertificate alice = this.authority
				.client((request) -> request.dns(CLIENT).crlDistributionPoint(crl.uri().toString()));
			TestCertificate bob = this.authority
				.client((request) -> request.dns("bob.example.com").crlDistributionPoint(crl.uri().toString()));
			crl.serve(this.authority.crl(bob.certificate()));
			try (TestServer server = TestServer
				.start(properties("mtls.server.revocation.use-distribution-points=true"))) {
				assertAdmitted(server, alice.sslContext(this.authority), "TLSv1.3");
				assertRefused(server, bob.sslContext(this.authority), "TLSv1.3", Reason.CERTIFICATE_REVOKED);
				assertThat(crl.requests()).isEqualTo(1);
			}
		}
	}

	@Test
	void peerWhenCrlIsFetchedFromAnAddressIsRefusedWhenListed() throws IOException {
		TestCertificate bob = this.authority.client("bob.example.com");
		try (ContentServer crl = ContentServer.serving("ca.crl", this.authority.crl(bob.certificate()));
				TestServer server = TestServer.start(properties("mtls.server.revocation.crls=" + crl.uri()))) {
			assertAdmitted(server, client().sslContext(this.authority), "TLSv1.3");
			assertRefused(server, bob.sslContext(this.authority), "TLSv1.3", Reason.CERTIFICATE_REVOKED);
		}
	}

	private TestServer start(String... others) {
		List<String> all = new ArrayList<>(Arrays.asList(others));
		all.add("mtls.server.revocation.ocsp.enabled=true");
		return TestServer.start(properties(all.toArray(String[]::new)));
	}

	private String[] properties(String... others) {
		return ServerFiles.write(this.authority, this.directory).properties(others);
	}

	private TestCertificate client() {
		return this.authority.client((request) -> request.dns(CLIENT).ocspResponder(this.responder.uri().toString()));
	}

	private static void assertAdmitted(TestServer server, SSLContext context, String protocol) throws IOException {
		try (Connection connection = Connection.open(context, protocol, server.port())) {
			assertThat(connection.get("/peer")).isEqualTo(CLIENT);
		}
	}

	private static void assertRefused(TestServer server, SSLContext context, String protocol, Reason reason) {
		assertThatIOException().isThrownBy(() -> {
			try (Connection connection = Connection.open(context, protocol, server.port())) {
				connection.get("/peer");
			}
		});
		MtlsEvent.PeerRefused refused = server.events().await(MtlsEvent.PeerRefused.class);
		assertThat(refused.reason()).as(refused.detail()).isEqualTo(reason);
		assertThat(refused.identity()).isNotNull();
	}

}
