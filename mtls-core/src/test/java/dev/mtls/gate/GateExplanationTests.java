package dev.mtls.gate;

import java.net.InetAddress;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import dev.mtls.address.AddressSet;
import dev.mtls.address.Cidr;
import dev.mtls.authority.CertificateRequest;
import dev.mtls.decision.Decision;
import dev.mtls.decision.Reason;
import dev.mtls.event.TlsSession;
import dev.mtls.identity.IdentityPattern;
import dev.mtls.policy.AccessPolicy;
import dev.mtls.tls.TlsProfile;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link Gate#explain} and {@link HandshakeTrace}.
 */
class GateExplanationTests {

	private static final GateSettings SETTINGS = GateSettings.server(true, TlsProfile.defaults());

	private static final InetAddress LISTED = address("10.1.2.3");

	@TempDir
	private Path folder;

	private Site site;

	@BeforeEach
	void createSite() {
		this.site = new Site(this.folder);
	}

	@Test
	void explainWhenPeerIsAllowedTellsRuleOfEachStep() {
		Gate gate = open(SETTINGS);
		Explanation explanation = gate.explain(client(), LISTED);
		assertThat(explanation.decision()).isEqualTo(new Decision.Allow("dns:alice.example.com"));
		assertThat(explanation.steps()).extracting(Explanation.Step::subject)
			.containsExactly("kill switch", "address", "certificate", "path", "identity", "revocation", "pins",
					"allowed peers");
		assertThat(explanation.steps()).allMatch(Explanation.Step::passed);
		assertThat(detail(explanation, "address")).isEqualTo("allowed networks");
		assertThat(detail(explanation, "path")).startsWith("'CN=alice' issued by 'CN=Root', valid until ");
		assertThat(detail(explanation, "allowed peers")).isEqualTo("dns:alice.example.com");
		assertThat(this.site.takeEvents()).as("nobody is told").isEmpty();
	}

	@Test
	void explainWhenAddressIsNotAllowedEndsThere() {
		Explanation explanation = open(SETTINGS).explain(client(), address("192.0.2.1"));
		assertDenied(explanation, "address", Reason.ADDRESS_NOT_ALLOWED);
	}

	@Test
	void explainWhenAddressIsNotKnownLeavesItOut() {
		Explanation explanation = open(SETTINGS).explain(client(), null);
		assertThat(explanation.decision().isAllowed()).isTrue();
		assertThat(detail(explanation, "address")).isEqualTo("not known");
	}

	@Test
	void explainWhenIssuerIsUnknownEndsAtPath() {
		Explanation explanation = open(SETTINGS).explain(Site.chain(Site.OTHER_ROOT, Site.client()), LISTED);
		assertDenied(explanation, "path", Reason.ISSUER_UNKNOWN);
	}

	@Test
	void explainWhenNameIsNotAllowedEndsAtAllowedPeers() {
		Explanation explanation = open(SETTINGS)
			.explain(Site.chain(Site.ROOT, CertificateRequest.client("mallory").dns("mallory.example.com")), LISTED);
		assertDenied(explanation, "allowed peers", Reason.IDENTITY_NOT_ALLOWED);
	}

	@Test
	void explainWhenCertificateIsMissingEndsThere() {
		assertDenied(open(SETTINGS).explain(List.of(), LISTED), "certificate", Reason.CERTIFICATE_MISSING);
	}

	@Test
	void explainWhenKillSwitchIsEngagedEndsThere() {
		KillSwitch killSwitch = new KillSwitch(true);
		Gate gate = Gate.builder(SETTINGS, this.site.locations().build())
			.clock(this.site.clock)
			.killSwitch(killSwitch)
			.open();
		assertDenied(gate.explain(client(), LISTED), "kill switch", Reason.KILL_SWITCH);
	}

	@Test
	void explainWhenGateOnlyReportsTellsWhatItWouldHaveRefused() {
		Explanation explanation = open(SETTINGS.withReportOnly(true)).explain(client(), address("192.0.2.1"));
		assertThat(explanation.decision()).isEqualTo(new Decision.Allow("report-only"));
		assertThat(explanation.steps()).filteredOn((step) -> !step.passed())
			.extracting(Explanation.Step::subject)
			.containsExactly("address");
	}

	@Test
	void traceIsToldOfPeersOnlyWhileEnabled() {
		RecordingTrace trace = new RecordingTrace();
		Gate gate = Gate.builder(SETTINGS, this.site.locations().build())
			.clock(this.site.clock)
			.trace(trace)
			.rules((rules) -> rules())
			.open();
		TlsSession tls = new TlsSession("TLSv1.3", "TLS_AES_128_GCM_SHA256", false, Duration.ofMillis(5));
		gate.connect(client(), LISTED, tls, (denial) -> {
		});
		assertThat(trace.told).isEmpty();
		trace.enabled = true;
		gate.connect(client(), LISTED, tls, (denial) -> {
		});
		gate.connect(Site.chain(Site.OTHER_ROOT, Site.client()), LISTED, tls, (denial) -> {
		});
		assertThat(trace.told).extracting((explanation) -> explanation.decision().isAllowed())
			.containsExactly(true, false);
		assertThat(trace.sessions).containsExactly(tls, tls);
	}

	private void assertDenied(Explanation explanation, String subject, Reason reason) {
		assertThat(explanation.decision()).isInstanceOfSatisfying(Decision.Deny.class,
				(denial) -> assertThat(denial.reason()).isEqualTo(reason));
		Explanation.Step last = explanation.steps().get(explanation.steps().size() - 1);
		assertThat(last.subject()).isEqualTo(subject);
		assertThat(last.passed()).isFalse();
		assertThat(this.site.takeEvents()).as("nobody is told").isEmpty();
	}

	private Gate open(GateSettings settings) {
		Gate gate = Gate.builder(settings, this.site.locations().build())
			.clock(this.site.clock)
			.events(this.site.events::add)
			.rules((rules) -> rules())
			.open();
		this.site.takeEvents();
		return gate;
	}

	private static Rules rules() {
		return Rules.of(new AccessPolicy(AddressSet.builder().add("10.0.0.0/8").build(),
				List.of(IdentityPattern.parse("dns:alice.example.com"))));
	}

	private static List<X509Certificate> client() {
		return Site.chain(Site.ROOT, Site.client());
	}

	private static String detail(Explanation explanation, String subject) {
		return explanation.steps()
			.stream()
			.filter((step) -> step.subject().equals(subject))
			.findFirst()
			.orElseThrow()
			.detail();
	}

	private static InetAddress address(String address) {
		return Cidr.parse(address).network();
	}

	/**
	 * Keeps what it is told.
	 */
	private static final class RecordingTrace implements HandshakeTrace {

		private final List<Explanation> told = new ArrayList<>();

		private final List<@Nullable TlsSession> sessions = new ArrayList<>();

		private boolean enabled;

		@Override
		public boolean isEnabled() {
			return this.enabled;
		}

		@Override
		public void trace(String gate, @Nullable InetAddress address, @Nullable TlsSession tls,
				Explanation explanation) {
			this.told.add(explanation);
			this.sessions.add(tls);
		}

	}

}
