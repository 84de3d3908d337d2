package dev.mtls.boot.grpc;

import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

import io.grpc.Status.Code;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import dev.mtls.decision.Reason;
import dev.mtls.test.TestAuthority;
import dev.mtls.test.TestCertificate;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for Spring Boot's gRPC server on Netty with {@link MtlsGrpcServerCustomizer} and
 * the SSL bundle of the server.
 */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class MtlsGrpcServerNettyTests {

	private GrpcApplications applications;

	@BeforeEach
	void open(@TempDir Path directory) throws Exception {
		this.applications = new GrpcApplications(directory);
	}

	@AfterEach
	void close() {
		this.applications.close();
	}

	@Test
	void callWhenPeerIsAdmittedTellsItsHandlerWhoCalls() {
		GrpcApplication server = this.applications.server();
		assertThat(this.applications.client("alice").channel(server).who()).isEqualTo("alice");
		assertThat(this.applications.client("bob").channel(server).who()).isEqualTo("bob");
	}

	@Test
	void handshakeWhenClientIsOfAnotherAuthorityFails() throws Exception {
		GrpcApplication server = this.applications.server();
		this.applications.client("alice", TestAuthority.create().client("alice")).channel(server).assertFails();
		server.assertRefused(Reason.ISSUER_UNKNOWN);
	}

	@Test
	void handshakeWhenClientHasNoCertificateFails() {
		this.applications.anonymous().channel(this.applications.server()).assertFails();
	}

	@Test
	void handshakeWhenNameIsNotAllowedFails() throws Exception {
		GrpcApplication server = this.applications.server("mtls.server.allowed-clients=alice");
		assertThat(this.applications.client("alice").channel(server).who()).isEqualTo("alice");
		this.applications.client("mallory").channel(server).assertFails();
		server.assertRefused(Reason.IDENTITY_NOT_ALLOWED);
	}

	@Test
	void callWhenCertificateIsOptionalAndMissingIsUnauthenticated() throws Exception {
		GrpcApplication server = this.applications.server("spring.grpc.server.ssl.client-auth=optional");
		this.applications.anonymous().channel(server).assertRefused(Code.UNAUTHENTICATED, Reason.CERTIFICATE_MISSING);
		server.assertRefused(Reason.CERTIFICATE_MISSING);
	}

	@Test
	void callWhenServerIsWithoutTlsIsUnauthenticated() {
		GrpcApplication server = this.applications.server("spring.grpc.server.ssl.enabled=false");
		this.applications.plain().channel(server).assertRefused(Code.UNAUTHENTICATED, Reason.CERTIFICATE_MISSING);
	}

	@Test
	void callWhenServerWantsACertificateAndThereIsNoneTellsNobody() {
		GrpcApplication server = this.applications.server("mtls.server.client-auth=want",
				"spring.grpc.server.ssl.client-auth=optional");
		assertThat(this.applications.anonymous().channel(server).who()).isEqualTo("nobody");
		assertThat(this.applications.client("alice").channel(server).who()).isEqualTo("alice");
	}

	@Test
	void callWhenPathsAreExcludedAndThereIsNoCertificateIsUnauthenticated() throws Exception {
		GrpcApplication server = this.applications.server("mtls.server.excluded-paths=/public/**",
				"spring.grpc.server.ssl.client-auth=optional");
		this.applications.anonymous().channel(server).assertRefused(Code.UNAUTHENTICATED, Reason.CERTIFICATE_MISSING);
		server.assertRefused(Reason.CERTIFICATE_MISSING);
		assertThat(this.applications.client("alice").channel(server).who()).isEqualTo("alice");
	}

	@Test
	void connectionWhenAddressIsNotAllowedIsEnded() throws Exception {
		GrpcApplication server = this.applications.server("mtls.server.allowed-networks=192.0.2.0/24");
		this.applications.client("alice").channel(server).assertFails();
		server.assertRefused(Reason.ADDRESS_NOT_ALLOWED);
	}

	@Test
	void streamWhenRulesChangeEndsWithinASecondAndOthersGoOn() throws Exception {
		GrpcApplication server = this.applications
			.server("mtls.server.allowed-clients=" + this.applications.allow("alice", "mallory"));
		TestChannel mallory = this.applications.client("mallory").channel(server);
		TestStream cut = mallory.stream();
		TestStream staying = this.applications.client("alice").channel(server).stream();
		this.applications.allow("alice");
		server.reload();
		cut.assertEnded(Reason.IDENTITY_NOT_ALLOWED);
		mallory.assertRefused(Code.PERMISSION_DENIED, Reason.IDENTITY_NOT_ALLOWED);
		staying.assertRuns();
	}

	@Test
	void streamWhenCertificateIsRevokedEndsWithinASecondAndOthersGoOn() throws Exception {
		GrpcApplication server = this.applications.server("mtls.server.revocation.crls=" + this.applications.revoke());
		TestCertificate certificate = this.applications.authority().client("mallory");
		TestChannel mallory = this.applications.client("mallory", certificate).channel(server);
		TestStream cut = mallory.stream();
		TestStream staying = this.applications.client("alice").channel(server).stream();
		this.applications.revoke(certificate.certificate());
		server.reload();
		cut.assertEnded(Reason.CERTIFICATE_REVOKED);
		mallory.assertRefused(Code.PERMISSION_DENIED, Reason.CERTIFICATE_REVOKED);
		this.applications.client("mallory", certificate).channel(server).assertFails();
		staying.assertRuns();
	}

	@Test
	void streamWhenKillSwitchIsEngagedEndsWithinASecond() throws Exception {
		GrpcApplication server = this.applications.server();
		TestChannel channel = this.applications.client("alice").channel(server);
		TestStream stream = channel.stream();
		server.killSwitch().set(true);
		stream.assertEnded(Reason.KILL_SWITCH);
		channel.assertRefused(Code.PERMISSION_DENIED, Reason.KILL_SWITCH);
		this.applications.client("bob").channel(server).assertFails();
		server.killSwitch().set(false);
		assertThat(channel.who()).isEqualTo("alice");
	}

	@Test
	void callWhenSessionIsResumedAfterAChangeOfRulesIsDenied() throws Exception {
		GrpcApplication server = this.applications
			.server("mtls.server.allowed-clients=" + this.applications.allow("alice", "mallory"));
		TestChannel mallory = this.applications.client("mallory").channel(server);
		assertThat(mallory.who()).isEqualTo("mallory");
		this.applications.allow("alice");
		server.reload();
		mallory.disconnect();
		mallory.assertRefused(Code.PERMISSION_DENIED, Reason.IDENTITY_NOT_ALLOWED);
	}

	@Test
	void serverWhenItsCertificateIsRenewedPresentsItToNewConnections() throws Exception {
		GrpcApplication server = this.applications.server();
		TestChannel alice = this.applications.client("alice").channel(server);
		TestStream stream = alice.stream();
		TestCertificate renewed = this.applications.authority().server();
		assertThat(alice.certificateOfServer()).isNotEqualTo(renewed.certificate());
		this.applications.renew("server", renewed);
		server.reload();
		assertThat(this.applications.client("bob").channel(server).certificateOfServer())
			.isEqualTo(renewed.certificate());
		stream.assertRuns();
	}

	@Test
	void serverWhenItsTrustChangesFollows() throws Exception {
		GrpcApplication server = this.applications.server();
		TestAuthority next = TestAuthority.create();
		TestChannel alice = this.applications.client("alice").channel(server);
		TestStream stream = alice.stream();
		GrpcApplication carol = this.applications.client("carol", next.client("carol"));
		carol.channel(server).assertFails();
		this.applications.trust(this.applications.authority(), next);
		server.reload();
		assertThat(carol.channel(server, "127.0.0.1").who()).isEqualTo("carol");
		stream.assertRuns();
		this.applications.trust(next);
		server.reload();
		stream.assertEnded(Reason.ISSUER_UNKNOWN);
		alice.assertRefused(Code.PERMISSION_DENIED, Reason.ISSUER_UNKNOWN);
	}

}
