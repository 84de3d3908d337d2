package dev.mtls.gate;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Date;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;

import org.awaitility.Awaitility;
import org.bouncycastle.cert.ocsp.RevokedStatus;
import org.bouncycastle.cert.ocsp.UnknownStatus;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import dev.mtls.authority.CertificateAuthority;
import dev.mtls.authority.IssuedCertificate;
import dev.mtls.event.MtlsEvent;
import dev.mtls.revocation.RevocationPolicy;
import dev.mtls.tls.TlsProfile;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for the OCSP responses that a {@link Gate} has for its own certificate.
 */
class OcspStaplingTests {

	@TempDir
	private Path folder;

	private Site site;

	private SigningResponder responder;

	@BeforeEach
	void start() {
		this.site = new Site(this.folder);
		this.responder = new SigningResponder(Site.ROOT, this.site.clock);
		writeKey(Site.ROOT, this.responder.uri());
	}

	@AfterEach
	void close() {
		this.responder.close();
	}

	@Test
	void responseIsWhatTheResponderSigned() {
		assertThat(awaitFirst(open())).isEqualTo(this.responder.last);
		assertThat(this.site.takeEvents()).isEmpty();
	}

	@Test
	void nothingIsAskedBeforeSomebodyWantsAResponse() {
		List<Runnable> tasks = new CopyOnWriteArrayList<>();
		Gate gate = builder().revocationExecutor(tasks::add).open();
		gate.walk();
		assertThat(tasks).isEmpty();
		gate.ocspResponse();
		gate.walk();
		assertThat(tasks).isNotEmpty();
	}

	@Test
	void responseWhenNotConfiguredIsNone() {
		Gate gate = this.site.open();
		assertThat(gate.ocspResponse()).isNull();
		gate.walk();
		assertThat(gate.ocspResponse()).isNull();
		assertThat(this.responder.requests()).isZero();
	}

	@Test
	void responseIsAskedForAgainBeforeItsEnd() {
		Gate gate = open();
		byte[] first = awaitFirst(gate);
		this.site.clock.advance(Duration.ofMinutes(15));
		gate.walk();
		Awaitility.await().until(() -> !Arrays.equals(gate.ocspResponse(), first));
		assertThat(gate.ocspResponse()).isEqualTo(this.responder.last);
		assertThat(this.responder.requests()).isEqualTo(2);
	}

	@Test
	void responseWhenResponderIsSilentIsNoneAndNobodyWaits() {
		this.responder.silent = true;
		Gate gate = open();
		gate.ocspResponse();
		gate.walk();
		Awaitility.await().until(() -> this.responder.requests() == 1);
		gate.walk();
		assertThat(gate.ocspResponse()).isNull();
		assertThat(this.responder.requests()).isOne();
	}

	@Test
	void responseWithWrongSignatureIsNotStapledAndTold() {
		this.responder.wrongSignature = true;
		Gate gate = open();
		assertThat(awaitWarning(gate)).contains("CN=localhost", this.responder.uri().toString(),
				"the OCSP answer cannot be used");
		assertThat(gate.ocspResponse()).isNull();
		this.responder.wrongSignature = false;
		this.site.clock.advance(Duration.ofSeconds(5));
		gate.walk();
		assertThat(await(gate)).isNotNull();
	}

	@Test
	void responseThatCannotBeRenewedCountsUntilItsEnd() {
		Gate gate = open();
		byte[] first = awaitFirst(gate);
		this.responder.broken = true;
		this.site.clock.advance(Duration.ofMinutes(15));
		assertThat(awaitWarning(gate)).contains("CN=localhost", "500");
		assertThat(gate.ocspResponse()).isEqualTo(first);
		this.site.clock.advance(Duration.ofMinutes(16));
		assertThat(gate.ocspResponse()).isNull();
	}

	@Test
	void responseThatSaysUnknownIsNotStapledAndTheOneBeforeIs() {
		Gate gate = open();
		byte[] first = awaitFirst(gate);
		this.responder.status = new UnknownStatus();
		this.site.clock.advance(Duration.ofMinutes(15));
		assertThat(awaitWarning(gate)).contains("does not know the certificate");
		assertThat(gate.ocspResponse()).isEqualTo(first);
	}

	@Test
	void responseThatSaysRevokedIsStapledAndToldOnce() {
		this.responder.status = new RevokedStatus(Date.from(MutableClock.START));
		Gate gate = open();
		assertThat(awaitWarning(gate)).contains("CN=localhost", "is revoked", "new key");
		byte[] first = gate.ocspResponse();
		assertThat(first).isEqualTo(this.responder.last);
		this.site.clock.advance(Duration.ofMinutes(15));
		gate.walk();
		Awaitility.await().until(() -> !Arrays.equals(gate.ocspResponse(), first));
		assertThat(this.site.takeEvents()).isEmpty();
	}

	@Test
	void responseOfTheKeyBeforeIsNotStapledToTheNext() {
		Gate gate = builder().executor((walk) -> {
		}).open();
		awaitFirst(gate);
		writeKey(Site.ROOT, this.responder.uri());
		assertThat(gate.reload()).isTrue();
		assertThat(awaitFirst(gate)).isEqualTo(this.responder.last);
		assertThat(this.responder.requests()).isEqualTo(2);
	}

	@Test
	void responseIsAskedForWhenTheKeyChanges() {
		Gate gate = open();
		byte[] first = awaitFirst(gate);
		writeKey(Site.ROOT, this.responder.uri());
		assertThat(gate.reload()).isTrue();
		assertThat(await(gate)).isNotEqualTo(first).isEqualTo(this.responder.last);
	}

	@Test
	void responseStaysWhenSomethingElseIsReloaded() {
		Gate gate = open();
		byte[] first = awaitFirst(gate);
		this.site.writeTrust(Site.ROOT.certificate(), Site.OTHER_ROOT.certificate());
		assertThat(gate.reload()).isTrue();
		assertThat(gate.ocspResponse()).isEqualTo(first);
		assertThat(this.responder.requests()).isOne();
	}

	@Test
	void issuerIsFoundInTheChain() {
		CertificateAuthority intermediate = Site.OTHER_ROOT.intermediate("CN=Intermediate");
		try (SigningResponder own = new SigningResponder(intermediate, this.site.clock)) {
			writeKey(intermediate, own.uri());
			assertThat(awaitFirst(open())).isEqualTo(own.last);
		}
	}

	@Test
	void issuerThatIsUnknownIsToldAndFoundOnceItIsTrusted() {
		try (SigningResponder own = new SigningResponder(Site.OTHER_ROOT, this.site.clock)) {
			writeKey(Site.OTHER_ROOT, own.uri());
			Gate gate = open();
			assertThat(awaitWarning(gate)).contains("issuer is neither in its chain nor a trust anchor", "tls.crt");
			assertThat(own.requests()).isZero();
			this.site.writeTrust(Site.ROOT.certificate(), Site.OTHER_ROOT.certificate());
			this.site.clock.advance(Duration.ofSeconds(5));
			gate.reload();
			assertThat(await(gate)).isEqualTo(own.last);
		}
	}

	@Test
	void certificateWithoutResponderIsTold() {
		this.site.writeKey(Site.ROOT.issue(Site.server().build()));
		assertThat(awaitWarning(open())).contains("names no OCSP responder", "set the responder");
	}

	@Test
	void configuredResponderIsAskedFirst() {
		writeKey(Site.ROOT, URI.create("http://127.0.0.1:1/"));
		assertThat(awaitFirst(open(this.responder.uri()))).isEqualTo(this.responder.last);
	}

	@Test
	void configuredResponderThatDoesNotKnowTheOwnIssuerGivesWayToThatOfTheCertificate() {
		try (SigningResponder ofPeers = new SigningResponder(Site.OTHER_ROOT, this.site.clock)) {
			assertThat(awaitFirst(open(ofPeers.uri()))).isEqualTo(this.responder.last);
			assertThat(ofPeers.requests()).isOne();
		}
	}

	private void writeKey(CertificateAuthority issuer, URI responder) {
		IssuedCertificate issued = issuer.issue(Site.server().ocspResponder(responder.toString()).build());
		this.site.writeKey(issued);
	}

	private Gate open() {
		return builder().open();
	}

	private GateBuilder builder() {
		return builder(GateSettings.server(true, TlsProfile.defaults()));
	}

	private GateBuilder builder(GateSettings settings) {
		return Gate.builder(settings.withOcspStapling(true), this.site.locations().build())
			.clock(this.site.clock)
			.events(this.site.events::add);
	}

	private Gate open(URI configured) {
		RevocationPolicy policy = new RevocationPolicy(RevocationPolicy.Mode.HARD_FAIL, RevocationPolicy.Scope.LEAF,
				null, false, List.of(), false,
				new RevocationPolicy.OcspPolicy(configured, true, Duration.ofSeconds(2)));
		return builder(GateSettings.server(true, TlsProfile.defaults()).withRevocation(policy)).open();
	}

	private byte[] awaitFirst(Gate gate) {
		assertThat(gate.ocspResponse()).isNull();
		gate.walk();
		return await(gate);
	}

	private static byte[] await(Gate gate) {
		Awaitility.await().until(() -> gate.ocspResponse() != null);
		return Objects.requireNonNull(gate.ocspResponse());
	}

	private String awaitWarning(Gate gate) {
		gate.ocspResponse();
		gate.walk();
		Awaitility.await().until(() -> this.site.events.stream().anyMatch(MtlsEvent.Warned.class::isInstance));
		List<MtlsEvent> events = this.site.takeEvents();
		assertThat(events).hasSize(1);
		return ((MtlsEvent.Warned) events.get(0)).message();
	}

}
