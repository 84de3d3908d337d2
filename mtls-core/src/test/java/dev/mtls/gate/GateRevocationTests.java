package dev.mtls.gate;

import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import dev.mtls.authority.CertificateAuthority;
import dev.mtls.authority.CertificateRequest;
import dev.mtls.authority.RevocationListRequest;
import dev.mtls.decision.MtlsException;
import dev.mtls.decision.Reason;
import dev.mtls.decision.Verdict;
import dev.mtls.event.MtlsEvent;
import dev.mtls.revocation.RevocationPolicy;
import dev.mtls.revocation.RevocationPolicy.Mode;
import dev.mtls.revocation.RevocationPolicy.Scope;
import dev.mtls.tls.TlsProfile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for the revocation of peers of a {@link Gate} by CRLs.
 */
class GateRevocationTests {

	private static final InetAddress ADDRESS = InetAddress.getLoopbackAddress();

	private static final CertificateAuthority INTERMEDIATE = Site.ROOT
		.intermediate(CertificateRequest.authority("CN=Intermediate").build());

	private final List<X509Certificate> alice = Site.chain(Site.ROOT, Site.client());

	private final List<X509Certificate> bob = Site.chain(INTERMEDIATE, Site.client());

	private final AtomicInteger cut = new AtomicInteger();

	private long crlNumber;

	@TempDir
	private Path folder;

	private Site site;

	@BeforeEach
	void createSite() {
		this.site = new Site(this.folder);
	}

	@Test
	void peerWhenListedIsRefusedAndItsConnectionsAreCut() {
		writeCrl("root.crl", Site.ROOT);
		Gate gate = open(Mode.HARD_FAIL, Scope.CHAIN, null);
		LiveConnection connection = connect(gate, this.alice);
		assertThat(connection.admission().validUntil()).isEqualTo(MutableClock.START.plus(Duration.ofDays(1)));
		long generation = gate.generation();
		writeCrl("root.crl", Site.ROOT, this.alice.get(0));
		assertThat(gate.reload()).isTrue();
		assertThat(gate.generation()).isGreaterThan(generation);
		assertThat(this.cut).hasValue(1);
		assertThat(reasonOf(connection)).isEqualTo(Reason.CERTIFICATE_REVOKED);
		assertRefused(gate, this.alice, Reason.CERTIFICATE_REVOKED);
		assertThat(this.site.takeEvents()).last()
			.isInstanceOfSatisfying(MtlsEvent.PeerRefused.class, (event) -> assertThat(event.identity()).isNotNull());
	}

	@ParameterizedTest
	@EnumSource
	void peerWhenListedStaysRefusedAfterTheEndOfTheCrl(Mode mode) {
		writeCrl("root.crl", Site.ROOT, this.alice.get(0));
		Gate gate = open(mode, Scope.CHAIN, null);
		this.site.clock.advance(Duration.ofDays(2));
		assertRefused(gate, this.alice, Reason.CERTIFICATE_REVOKED);
	}

	@Test
	void peerWhenCrlRunsOutIsCutUnlessItFailsSoftly() {
		writeCrl("root.crl", Site.ROOT);
		Gate hard = open(Mode.HARD_FAIL, Scope.CHAIN, null);
		Gate soft = open(Mode.SOFT_FAIL, Scope.CHAIN, null);
		LiveConnection cut = connect(hard, this.alice);
		LiveConnection kept = connect(soft, this.alice);
		this.site.clock.advance(Duration.ofDays(1).plusMillis(1));
		hard.walk();
		soft.walk();
		assertThat(reasonOf(cut)).isEqualTo(Reason.REVOCATION_UNKNOWN);
		assertThat(kept.isAdmitted()).isTrue();
		assertRefused(hard, this.alice, Reason.REVOCATION_UNKNOWN);
		this.site.takeEvents();
		assertThat(soft.admitPeer(this.alice, ADDRESS)).isInstanceOf(Verdict.Accepted.class);
		assertThat(this.site.takeEvents()).singleElement()
			.isInstanceOfSatisfying(MtlsEvent.RefusalReported.class,
					(event) -> assertThat(event.reason()).isEqualTo(Reason.REVOCATION_UNKNOWN));
	}

	@Test
	void peerWhenCrlIsOlderThanItMayBecomeIsRefused() {
		writeCrl("root.crl", Site.ROOT);
		Gate gate = open(Mode.HARD_FAIL, Scope.CHAIN, Duration.ofHours(1));
		assertThat(connect(gate, this.alice).admission().validUntil())
			.isEqualTo(MutableClock.START.plus(Duration.ofHours(1)));
		this.site.clock.advance(Duration.ofHours(2));
		assertRefused(gate, this.alice, Reason.REVOCATION_UNKNOWN);
	}

	@Test
	void crlWhenOlderThanTheHeldOneIsNotTakenAndTold() {
		byte[] older = crl(Site.ROOT);
		write("root.crl", crl(Site.ROOT, this.alice.get(0)));
		Gate gate = open(Mode.HARD_FAIL, Scope.CHAIN, null);
		write("root.crl", older);
		this.site.takeEvents();
		gate.reload();
		assertThat(this.site.takeEvents()).filteredOn(MtlsEvent.Warned.class::isInstance)
			.singleElement()
			.isInstanceOfSatisfying(MtlsEvent.Warned.class,
					(event) -> assertThat(event.message()).contains("crl-outdated"));
		assertRefused(gate, this.alice, Reason.CERTIFICATE_REVOKED);
	}

	@Test
	void crlWhenSignedByAnotherKeyIsNotTaken() {
		CertificateAuthority impostor = Site.root("Root");
		writeCrl("root.crl", impostor, this.alice.get(0));
		Gate gate = open(Mode.SOFT_FAIL, Scope.CHAIN, null);
		assertThat(gate.admitPeer(this.alice, ADDRESS)).isInstanceOf(Verdict.Accepted.class);
	}

	@Test
	void crlWhenBrokenFailsTheStartAndKeepsAllOnAReload() {
		Site.write(this.folder.resolve("root.crl"), "garbage");
		assertThatExceptionOfType(MtlsException.class).isThrownBy(() -> open(Mode.HARD_FAIL, Scope.CHAIN, null))
			.satisfies((ex) -> {
				assertThat(ex.reason()).isEqualTo(Reason.CRL_INVALID);
				assertThat(ex.place()).contains("mtls.server.revocation.crls", "root.crl");
			});
		writeCrl("root.crl", Site.ROOT, this.alice.get(0));
		Gate gate = open(Mode.HARD_FAIL, Scope.CHAIN, null);
		Site.write(this.folder.resolve("root.crl"), "garbage");
		this.site.takeEvents();
		assertThat(gate.reload()).isFalse();
		assertThat(this.site.takeEvents()).singleElement().isInstanceOf(MtlsEvent.ReloadKept.class);
		assertRefused(gate, this.alice, Reason.CERTIFICATE_REVOKED);
	}

	@Test
	void crlOfAnIntermediateIsReadWhenAPathBringsIt() {
		writeCrl("root.crl", Site.ROOT);
		writeCrl("intermediate.crl", INTERMEDIATE, this.bob.get(0));
		Gate gate = open(Mode.HARD_FAIL, Scope.CHAIN, null);
		assertRefused(gate, this.bob, Reason.REVOCATION_UNKNOWN);
		gate.askRevocation(this.bob).join();
		assertRefused(gate, this.bob, Reason.CERTIFICATE_REVOKED);
		List<X509Certificate> other = Site.chain(INTERMEDIATE, Site.client());
		assertThat(gate.askRevocation(other)).isDone();
		connect(gate, other);
	}

	@Test
	void intermediateWhenListedRefusesItsPeersUnlessOnlyTheLeafIsInScope() {
		writeCrl("root.crl", Site.ROOT, INTERMEDIATE.certificate());
		writeCrl("intermediate.crl", INTERMEDIATE);
		Gate chain = open(Mode.HARD_FAIL, Scope.CHAIN, null);
		chain.askRevocation(this.bob).join();
		assertRefused(chain, this.bob, Reason.CERTIFICATE_REVOKED);
		Gate leaf = open(Mode.HARD_FAIL, Scope.LEAF, null);
		leaf.askRevocation(this.bob).join();
		connect(leaf, this.bob);
	}

	@Test
	void peerWhenThereIsNoCrlOfItsIssuerIsRefused() {
		writeCrl("root.crl", Site.ROOT);
		Gate gate = open(Mode.HARD_FAIL, Scope.LEAF, null);
		gate.askRevocation(this.bob).join();
		assertRefused(gate, this.bob, Reason.REVOCATION_UNKNOWN);
		connect(gate, this.alice);
	}

	private Gate open(Mode mode, Scope scope, @Nullable Duration maxAge) {
		RevocationPolicy policy = new RevocationPolicy(mode, scope, maxAge, true, List.of(), false, null);
		GateSettings settings = GateSettings.server(true, TlsProfile.defaults()).withRevocation(policy);
		return this.site.open(settings,
				this.site.locations().crls(List.of("file:" + this.folder.resolve("*.crl"))).build());
	}

	private LiveConnection connect(Gate gate, List<X509Certificate> chain) {
		Verdict<LiveConnection> verdict = gate.connect(chain, ADDRESS, (denial) -> this.cut.incrementAndGet());
		assertThat(verdict).isInstanceOf(Verdict.Accepted.class);
		return ((Verdict.Accepted<LiveConnection>) verdict).value();
	}

	private static @Nullable Reason reasonOf(LiveConnection connection) {
		return (connection.denial() != null) ? connection.denial().reason() : null;
	}

	private static void assertRefused(Gate gate, List<X509Certificate> chain, Reason reason) {
		assertThat(gate.admitPeer(chain, ADDRESS)).isInstanceOfSatisfying(Verdict.Refused.class,
				(refused) -> assertThat(refused.denial().reason()).isEqualTo(reason));
	}

	private void writeCrl(String name, CertificateAuthority issuer, X509Certificate... revoked) {
		write(name, crl(issuer, revoked));
	}

	private byte[] crl(CertificateAuthority issuer, X509Certificate... revoked) {
		Instant thisUpdate = MutableClock.START;
		return issuer.revocationList(RevocationListRequest.of(++this.crlNumber)
			.thisUpdate(thisUpdate)
			.revoke(Arrays.copyOf(revoked, revoked.length)));
	}

	private void write(String name, byte[] content) {
		try {
			Files.write(this.folder.resolve(name), content);
		}
		catch (IOException ex) {
			throw new IllegalStateException(ex);
		}
	}

}
