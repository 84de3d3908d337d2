package dev.mtls.boot.grpc;

import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import dev.mtls.decision.Reason;
import dev.mtls.test.TestAuthority;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for Spring Boot's gRPC channels on Netty with the SSL bundle of a client: what is
 * checked through the bundle, and what a channel follows.
 */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class MtlsGrpcChannelNettyTests {

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
	void channelWhenServerIsOfAnotherAuthorityRefusesIt() throws Exception {
		assertRefuses(this.applications.client("alice"), this.applications.server(TestAuthority.create().server()),
				Reason.ISSUER_UNKNOWN);
	}

	@Test
	void channelWhenServerHasAnotherNameRefusesIt() throws Exception {
		GrpcApplication client = this.applications.client("alice");
		client.channel(this.applications.server(), "127.0.0.2").assertFails();
		client.assertRefused(Reason.HOST_NAME_MISMATCH);
	}

	@Test
	void channelWhenServerIsNotAllowedRefusesIt() throws Exception {
		assertRefuses(this.applications.client("alice", "mtls.client.allowed-servers=dns:other.example.com"),
				this.applications.server(), Reason.IDENTITY_NOT_ALLOWED);
	}

	@Test
	void channelWhenNoPinMatchesRefusesServer() throws Exception {
		assertRefuses(this.applications.client("alice", "mtls.client.pins=cert-sha256:" + "00".repeat(32)),
				this.applications.server(), Reason.PIN_MISMATCH);
	}

	@Test
	void channelWhenKillSwitchIsEngagedConnectsNoMoreButKeepsItsConnection() throws Exception {
		GrpcApplication server = this.applications.server();
		GrpcApplication client = this.applications.client("alice");
		TestStream stream = client.channel(server).stream();
		client.killSwitch().set(true);
		assertRefuses(client, server, Reason.KILL_SWITCH);
		stream.assertRuns();
	}

	@Test
	void channelWhenNetworksAreAllowedConnectsToAnyAddress() {
		GrpcApplication client = this.applications.client("alice", "mtls.client.allowed-networks=192.0.2.0/24");
		assertThat(client.channel(this.applications.server()).who()).isEqualTo("alice");
	}

	@Test
	void channelWhenItsCertificateIsRenewedKeepsTheFormerUntilItIsMadeAnew() {
		GrpcApplication server = this.applications.server();
		GrpcApplication client = this.applications.client("alice");
		TestChannel channel = client.channel(server);
		assertThat(channel.who()).isEqualTo("alice");
		this.applications.renew("alice", this.applications.authority().client("renewed"));
		client.reload();
		assertThat(channel.who()).isEqualTo("alice");
		channel.disconnect();
		assertThat(channel.who()).as("resumed").isEqualTo("alice");
		assertThat(client.channel(server).who()).isEqualTo("renewed");
	}

	@Test
	void channelWhenServerIsNoLongerAllowedKeepsItUntilItIsMadeAnew() throws Exception {
		GrpcApplication server = this.applications.server();
		GrpcApplication client = this.applications.client("alice",
				"mtls.client.allowed-servers=" + this.applications.allow("dns:localhost"));
		TestChannel channel = client.channel(server);
		assertThat(channel.who()).isEqualTo("alice");
		this.applications.allow("dns:other.example.com");
		client.reload();
		assertThat(channel.who()).isEqualTo("alice");
		channel.disconnect();
		assertThat(channel.who()).as("resumed").isEqualTo("alice");
		assertRefuses(client, server, Reason.IDENTITY_NOT_ALLOWED);
	}

	private static void assertRefuses(GrpcApplication client, GrpcApplication server, Reason reason)
			throws InterruptedException {
		client.channel(server).assertFails();
		client.assertRefused(reason);
	}

}
