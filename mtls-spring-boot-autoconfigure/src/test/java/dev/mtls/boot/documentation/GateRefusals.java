package dev.mtls.boot.documentation;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import javax.net.ssl.SSLSocket;

import ch.qos.logback.classic.Level;

import dev.mtls.authority.CertificateRequest;
import dev.mtls.authority.RevocationListRequest;
import dev.mtls.boot.client.HttpsPeer;
import dev.mtls.decision.Reason;
import dev.mtls.gate.ConnectionLimits;
import dev.mtls.gate.Gate;
import dev.mtls.gate.GateSettings;
import dev.mtls.gate.KillSwitch;
import dev.mtls.gate.SnapshotLocationsBuilder;
import dev.mtls.revocation.RevocationPolicy;
import dev.mtls.test.Flaw;
import dev.mtls.test.TestAuthority;
import dev.mtls.test.TestCertificate;
import dev.mtls.tls.SslContexts;
import dev.mtls.tls.TlsProfile;

import static org.assertj.core.api.Assertions.assertThatIOException;
import static org.assertj.core.api.Assertions.catchThrowable;

/**
 * What gates log that refuse peers or CRLs for a {@link Reason}.
 */
final class GateRefusals {

	private static final String NAME = "api.example.com";

	private static final InetAddress ADDRESS = ExampleGates.ADDRESS;

	private static final int UNLIMITED = ConnectionLimits.UNLIMITED;

	private static final RevocationPolicy CRLS = new RevocationPolicy(RevocationPolicy.Mode.HARD_FAIL,
			RevocationPolicy.Scope.CHAIN, null, true, List.of(), false, null);

	private final Path directory;

	private final ExampleGates gates;

	private final TestAuthority authority;

	private final TestCertificate peer;

	GateRefusals(Path directory) {
		this.directory = directory;
		this.gates = new ExampleGates(directory);
		this.authority = this.gates.authority();
		this.peer = this.authority.client(NAME);
	}

	/**
	 * Have a gate log a reason in each way that is shown.
	 * @param reason the reason
	 * @return the lines
	 */
	List<String> lines(Reason reason) throws Exception {
		try (RecordedLog log = RecordedLog.start(Level.WARN)) {
			refuse(reason);
			return log.lines();
		}
	}

	private void refuse(Reason reason) throws Exception {
		switch (reason) {
			case CRL_INVALID -> takeForgedCrl();
			case CRL_OUTDATED -> takeOlderCrl();
			case HANDSHAKE_TIMEOUT -> beginHandshake();
			case CERTIFICATE_MISSING -> admitWithoutCertificate();
			case CERTIFICATE_MALFORMED ->
				this.gates.server().admitPeer(Collections.nCopies(11, this.peer.certificate()), ADDRESS);
			case CERTIFICATE_EXPIRED -> letExpire();
			case CERTIFICATE_NOT_YET_VALID -> admit(Flaw.NOT_YET_VALID);
			case ISSUER_UNKNOWN -> admit(Flaw.OTHER_AUTHORITY, Flaw.IMPOSTOR_AUTHORITY, Flaw.SELF_SIGNED);
			case SIGNATURE_INVALID -> admit(forged());
			case ALGORITHM_WEAK -> admit(Flaw.WEAK_KEY, Flaw.WEAK_SIGNATURE);
			case LEAF_IS_CA -> admit(Flaw.CA_AS_LEAF, Flaw.KEY_CERT_SIGN);
			case KEY_USAGE_WRONG -> admit(Flaw.WRONG_EXTENDED_KEY_USAGE, Flaw.WRONG_KEY_USAGE);
			case CONSTRAINT_VIOLATED -> admit(Flaw.UNKNOWN_CRITICAL_EXTENSION);
			case CERTIFICATE_REVOKED -> revoke();
			case REVOCATION_UNKNOWN ->
				this.gates.admit(this.gates.server((settings) -> settings.withRevocation(CRLS)), this.peer);
			case IDENTITY_MALFORMED -> admit(this.authority.client((request) -> request.commonName(NAME)
				.dns(IntStream.rangeClosed(0, 1024).mapToObj("%d.example.com"::formatted).toArray(String[]::new))));
			case HOST_NAME_MISMATCH -> connectByAddress();
			case ADDRESS_NOT_ALLOWED -> server((locations) -> locations.allowedNetworks(List.of("127.0.0.1")))
				.admitAddress(InetAddress.getByName("127.0.0.2"));
			case IDENTITY_NOT_ALLOWED -> this.gates.admit(
					server((locations) -> locations.allowedPeers("allowed-clients", List.of("dns:" + NAME))),
					this.authority.client("other.example.com"));
			case KILL_SWITCH -> engageKillSwitch();
			case PIN_MISMATCH -> this.gates.admit(
					server((locations) -> locations.pins(List.of("spki-sha256:" + "A".repeat(43) + "="))), this.peer);
			case CONNECTION_LIMIT -> reachLimits();
			case HANDSHAKE_RATE -> {
				Gate gate = limited(new ConnectionLimits(UNLIMITED, UNLIMITED, UNLIMITED, 1));
				gate.admitAddress(ADDRESS);
				gate.admitAddress(ADDRESS);
			}
			case INTERNAL -> failInternally();
			default -> throw new IllegalArgumentException(reason.code());
		}
	}

	private void takeForgedCrl() throws IOException {
		TestAuthority issuing = issuingAuthority();
		issuing.writeTo(this.directory, "client-ca");
		write(altered(issuing.crl()));
		withCrl();
	}

	private void takeOlderCrl() throws IOException {
		TestAuthority issuing = issuingAuthority();
		issuing.writeTo(this.directory, "client-ca");
		write(issuing.crl(RevocationListRequest.of(8).thisUpdate(this.gates.now())));
		Gate gate = withCrl();
		write(issuing.crl(RevocationListRequest.of(7).thisUpdate(this.gates.now().minusSeconds(60))));
		gate.reload();
	}

	private TestAuthority issuingAuthority() {
		return TestAuthority.create(CertificateRequest.authority("CN=Issuing CA").build(), this.gates::now);
	}

	private void revoke() throws IOException {
		write(this.authority.crl(this.peer.certificate()));
		this.gates.admit(withCrl(), this.peer);
	}

	private Gate withCrl() {
		return this.gates.server((settings) -> settings.withRevocation(CRLS),
				(locations) -> locations.crls(List.of(this.gates.file("client-ca.crl"))));
	}

	private void write(byte[] crl) throws IOException {
		Files.write(this.directory.resolve("client-ca.crl"), crl);
	}

	private void beginHandshake() {
		Gate gate = this.gates.server();
		gate.handshake(ADDRESS, () -> {
		});
		this.gates.advance(Duration.ofSeconds(11));
		gate.walk();
	}

	private void admitWithoutCertificate() {
		this.gates.server().admitPeer(List.of(), ADDRESS);
		this.gates.builder(GateSettings.server(false, TlsProfile.defaults()), this.gates.locations())
			.open()
			.checkRequest(List.of(), ADDRESS, true);
	}

	private void letExpire() {
		Gate gate = this.gates.server();
		this.gates.admit(gate, this.authority.client(Flaw.EXPIRED, NAME));
		Duration validity = Duration.ofHours(1);
		TestCertificate shortLived = this.authority
			.client((request) -> request.commonName(NAME).dns(NAME).notAfter(this.gates.now().plus(validity)));
		gate.connect(shortLived.chain(), ADDRESS, (denial) -> {
		});
		this.gates.advance(validity.plusMillis(1));
		gate.walk();
	}

	private TestCertificate forged() throws GeneralSecurityException {
		TestCertificate issued = this.authority.intermediate(CertificateRequest.authority("CN=Issuing CA").build())
			.client(NAME);
		byte[] forged = altered(issued.certificate().getEncoded());
		return issued.withChain((X509Certificate) CertificateFactory.getInstance("X.509")
			.generateCertificate(new ByteArrayInputStream(forged)), issued.chain().get(1));
	}

	// The end is that of the signature
	private static byte[] altered(byte[] signed) {
		signed[signed.length - 1] ^= 1;
		return signed;
	}

	private void connectByAddress() throws IOException {
		TestCertificate server = this.authority.issue(CertificateRequest.server(NAME).build());
		try (HttpsPeer listener = new HttpsPeer(this.authority, server);
				SSLSocket socket = (SSLSocket) this.gates.client()
					.standaloneSslContext()
					.getSocketFactory()
					.createSocket("127.0.0.1", listener.port())) {
			assertThatIOException().isThrownBy(socket::startHandshake);
		}
	}

	private void engageKillSwitch() {
		KillSwitch killSwitch = new KillSwitch(false);
		Gate gate = this.gates.builder(GateSettings.server(true, TlsProfile.defaults()), this.gates.locations())
			.killSwitch(killSwitch)
			.open();
		killSwitch.set(true);
		gate.admitAddress(ADDRESS);
	}

	private void reachLimits() {
		Gate perAddress = limited(new ConnectionLimits(UNLIMITED, 100, UNLIMITED, UNLIMITED));
		Gate inAll = limited(new ConnectionLimits(10_000, UNLIMITED, UNLIMITED, UNLIMITED));
		Gate perIdentity = limited(new ConnectionLimits(UNLIMITED, UNLIMITED, 50, UNLIMITED));
		for (int i = 0; i < 101; i++) {
			perAddress.handshake(ADDRESS, () -> {
			});
		}
		for (int i = 0; i < 10_001; i++) {
			inAll.handshake(ADDRESS, () -> {
			});
		}
		for (int i = 0; i < 51; i++) {
			perIdentity.connect(this.peer.chain(), ADDRESS, (denial) -> {
			});
		}
	}

	private void failInternally() {
		Throwable failure = catchThrowable(() -> SslContexts.trustManager((presented) -> {
			throw new IllegalStateException();
		}, List::of).checkClientTrusted(this.peer.chain().toArray(X509Certificate[]::new), "EC"));
		this.gates.server().handshakeFailed(null, ADDRESS, failure);
	}

	private void admit(Flaw... flaws) {
		admit(Stream.of(flaws).map((flaw) -> this.authority.client(flaw, NAME)).toArray(TestCertificate[]::new));
	}

	private void admit(TestCertificate... peers) {
		this.gates.admit(this.gates.server(), peers);
	}

	private Gate server(UnaryOperator<SnapshotLocationsBuilder> locations) {
		return this.gates.server(UnaryOperator.identity(), locations);
	}

	private Gate limited(ConnectionLimits limits) {
		return this.gates.server((settings) -> settings.withLimits(limits));
	}

}
