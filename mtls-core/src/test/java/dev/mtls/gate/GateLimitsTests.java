package dev.mtls.gate;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import dev.mtls.authority.CertificateRequest;
import dev.mtls.decision.Decision;
import dev.mtls.decision.MtlsException;
import dev.mtls.decision.Reason;
import dev.mtls.decision.Verdict;
import dev.mtls.event.MtlsEvent;
import dev.mtls.tls.TlsProfile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for the {@link ConnectionLimits} of a {@link Gate}.
 */
class GateLimitsTests {

	private static final int NONE = ConnectionLimits.UNLIMITED;

	private static final List<X509Certificate> ALICE = Site.chain(Site.ROOT, Site.client());

	private static final List<X509Certificate> BOB = Site.chain(Site.ROOT,
			CertificateRequest.client("bob").dns("bob.example.com").validity(Duration.ofDays(30)));

	private final AtomicInteger closed = new AtomicInteger();

	@TempDir
	private Path folder;

	private Site site;

	@BeforeEach
	void createSite() {
		this.site = new Site(this.folder);
	}

	@Test
	void admitAddressWhenAsManyConnectionsAsAllowedIsRefusedUntilOneEnds() {
		Gate gate = open(new ConnectionLimits(2, NONE, NONE, NONE), false);
		PendingHandshake handshake = begin(gate, "10.0.0.1");
		LiveConnection connection = connect(gate, ALICE, "10.0.0.2");
		assertRefused(gate, "10.0.0.3", Reason.CONNECTION_LIMIT);
		handshake.ended();
		assertAllowed(gate, "10.0.0.3");
		begin(gate, "10.0.0.3");
		assertRefused(gate, "10.0.0.3", Reason.CONNECTION_LIMIT);
		connection.closed();
		connection.closed();
		assertAllowed(gate, "10.0.0.3");
		begin(gate, "10.0.0.3");
		assertRefused(gate, "10.0.0.3", Reason.CONNECTION_LIMIT);
	}

	@ParameterizedTest
	@CsvSource({ "10.0.0.1, 10.0.0.1, true", "10.0.0.1, 10.0.0.2, false", "2001:db8::1, 2001:db8::2, true",
			"2001:db8:0:1::1, 2001:db8:0:2::1, false", "10.0.0.1, ::ffff:10.0.0.1, true",
			"10.0.0.1, 2001:db8::a00:1, false" })
	void admitAddressWhenAddressHasAsManyConnectionsAsAllowedIsRefused(String first, String second, boolean refused) {
		Gate gate = open(new ConnectionLimits(NONE, 1, NONE, NONE), false);
		LiveConnection connection = connect(gate, ALICE, first);
		if (refused) {
			assertRefused(gate, second, Reason.CONNECTION_LIMIT);
		}
		else {
			assertAllowed(gate, second);
		}
		connection.closed();
		assertAllowed(gate, second);
	}

	@Test
	void handshakeWhenSeveralWereAllowedAtOnceClosesWhatIsTooMany() {
		Gate gate = open(new ConnectionLimits(1, NONE, NONE, NONE), false);
		assertAllowed(gate, "10.0.0.1");
		assertAllowed(gate, "10.0.0.2");
		begin(gate, "10.0.0.1");
		assertThat(this.closed).hasValue(0);
		PendingHandshake second = begin(gate, "10.0.0.2");
		assertThat(this.closed).hasValue(1);
		assertThat(second.ended()).isFalse();
		assertThat(this.site.takeEvents()).singleElement()
			.isInstanceOfSatisfying(MtlsEvent.PeerRefused.class,
					(event) -> assertThat(event.reason()).isEqualTo(Reason.CONNECTION_LIMIT));
	}

	@Test
	void connectWhenIdentityHasAsManyConnectionsAsAllowedIsRefused() {
		Gate gate = open(new ConnectionLimits(NONE, NONE, 1, NONE), false);
		LiveConnection first = connect(gate, ALICE, "10.0.0.1");
		connect(gate, BOB, "10.0.0.1");
		this.site.takeEvents();
		assertThat(gate.connect(ALICE, address("10.0.0.2"), (denial) -> this.closed.incrementAndGet()))
			.isInstanceOfSatisfying(Verdict.Refused.class,
					(refused) -> assertThat(refused.denial().reason()).isEqualTo(Reason.CONNECTION_LIMIT));
		assertThat(this.site.takeEvents()).singleElement()
			.isInstanceOfSatisfying(MtlsEvent.PeerRefused.class, (event) -> {
				assertThat(event.reason()).isEqualTo(Reason.CONNECTION_LIMIT);
				assertThat(event.identity()).isNotNull();
			});
		assertThat(gate.connections()).hasSize(2).contains(first);
		first.closed();
		connect(gate, ALICE, "10.0.0.2");
	}

	@Test
	void admitAddressWhenHandshakesComeTooFastIsRefusedUntilNextSecond() {
		Gate gate = open(new ConnectionLimits(NONE, NONE, NONE, 3), false);
		for (int i = 0; i < 3; i++) {
			assertAllowed(gate, "10.0.0.1");
		}
		assertRefused(gate, "10.0.0.1", Reason.HANDSHAKE_RATE);
		assertAllowed(gate, "10.0.0.2");
		this.site.clock.advance(Duration.ofSeconds(1));
		assertAllowed(gate, "10.0.0.1");
	}

	@Test
	void limitsWhenReportOnlyAreToldAndNotActedUpon() {
		Gate gate = open(new ConnectionLimits(NONE, NONE, 1, 1), true);
		assertAllowed(gate, "10.0.0.1");
		assertAllowed(gate, "10.0.0.1");
		connect(gate, ALICE, "10.0.0.1");
		connect(gate, ALICE, "10.0.0.1");
		assertThat(this.site.takeEvents()).filteredOn(MtlsEvent.RefusalReported.class::isInstance)
			.extracting((event) -> ((MtlsEvent.RefusalReported) event).reason())
			.containsExactly(Reason.HANDSHAKE_RATE, Reason.CONNECTION_LIMIT);
	}

	@Test
	void connectionsThatHaveEndedTakeNoMemory() {
		Counts<String> counts = new Counts<>(1);
		for (int i = 0; i < 1000; i++) {
			assertThat(counts.add("peer-" + i)).isTrue();
			counts.remove("peer-" + i);
		}
		assertThat(counts.size()).isZero();
	}

	@ParameterizedTest
	@CsvSource({ "0, 1, 1, 1", "1, -1, 1, 1", "1, 1, 0, 1", "1, 1, 1, 0", "1, 1, 1, 65536" })
	void limitsThatAdmitNobodyOrCannotBeCountedAreRejected(int connections, int perAddress, int perIdentity,
			int handshakes) {
		assertThatExceptionOfType(MtlsException.class)
			.isThrownBy(() -> new ConnectionLimits(connections, perAddress, perIdentity, handshakes))
			.satisfies((ex) -> assertThat(ex.reason()).isEqualTo(Reason.CONFIGURATION_INVALID));
	}

	private Gate open(ConnectionLimits limits, boolean reportOnly) {
		GateSettings settings = GateSettings.server(true, TlsProfile.defaults())
			.withLimits(limits)
			.withReportOnly(reportOnly);
		return this.site.open(settings, this.site.locations().build());
	}

	private PendingHandshake begin(Gate gate, String address) {
		return gate.handshake(address(address), this.closed::incrementAndGet);
	}

	private LiveConnection connect(Gate gate, List<X509Certificate> chain, String address) {
		begin(gate, address).ended();
		Verdict<LiveConnection> verdict = gate.connect(chain, address(address),
				(denial) -> this.closed.incrementAndGet());
		assertThat(verdict).isInstanceOf(Verdict.Accepted.class);
		return ((Verdict.Accepted<LiveConnection>) verdict).value();
	}

	private void assertRefused(Gate gate, String address, Reason reason) {
		this.site.takeEvents();
		assertThat(gate.admitAddress(address(address))).isInstanceOfSatisfying(Decision.Deny.class,
				(denial) -> assertThat(denial.reason()).isEqualTo(reason));
		assertThat(new ArrayList<>(this.site.takeEvents())).singleElement()
			.isInstanceOfSatisfying(MtlsEvent.PeerRefused.class,
					(event) -> assertThat(event.reason()).isEqualTo(reason));
	}

	private static void assertAllowed(Gate gate, String address) {
		assertThat(gate.admitAddress(address(address))).isInstanceOf(Decision.Allow.class);
	}

	private static InetAddress address(String address) {
		try {
			return InetAddress.getByName(address);
		}
		catch (UnknownHostException ex) {
			throw new IllegalArgumentException(ex);
		}
	}

}
