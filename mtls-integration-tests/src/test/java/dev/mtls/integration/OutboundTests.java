package dev.mtls.integration;

import java.nio.file.Path;
import java.util.Objects;

import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.web.client.ResourceAccessException;
import org.springframework.web.client.RestClient;

import dev.mtls.authority.CertificateRequest;
import dev.mtls.authority.ExtendedKeyUsage;
import dev.mtls.decision.MtlsException;
import dev.mtls.decision.Reason;
import dev.mtls.event.MtlsEvent;
import dev.mtls.test.PemFiles;
import dev.mtls.test.TestAuthority;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for calls of an application to itself and to servers that it should not trust.
 */
class OutboundTests {

	private static final TestAuthority authority = TestAuthority.create();

	@TempDir
	static Path directory;

	private static TestServer server;

	private static TestServer namedByCommonNameOnly;

	private static TestServer ofAnotherAuthority;

	@BeforeAll
	static void start() {
		PemFiles client = authority.client("outbound.example.com").writeTo(directory, "client");
		server = TestServer.start(
				ServerFiles.write(authority, authority.issue(CertificateRequest.server("localhost").build()), directory)
					.properties("mtls.client.certificate=file:" + client.certificate(),
							"mtls.client.private-key=file:" + client.privateKey(),
							"mtls.client.trust-certificates=file:" + directory.resolve("ca.crt")));
		CertificateRequest commonNameOnly = CertificateRequest.client("localhost")
			.extendedKeyUsage(ExtendedKeyUsage.SERVER_AUTH)
			.build();
		namedByCommonNameOnly = TestServer
			.start(ServerFiles.write(authority, authority.issue(commonNameOnly), directory.resolve("common-name"))
				.properties());
		TestAuthority other = TestAuthority.create();
		ofAnotherAuthority = TestServer
			.start(ServerFiles.write(authority, other.server(), directory.resolve("other")).properties());
	}

	@AfterAll
	static void stop() {
		server.close();
		namedByCommonNameOnly.close();
		ofAnotherAuthority.close();
	}

	@BeforeEach
	void forget() {
		server.events().drain();
	}

	@Test
	void callWhenServerHoldsTheHostNameShowsTheClientCertificate() {
		assertThat(call(server, "localhost")).isEqualTo("outbound.example.com");
		// What the server presents ends the handshake first
		assertThat(admitted()).isEqualTo("client admitted localhost");
		assertThat(admitted()).isEqualTo("server admitted outbound.example.com");
	}

	@Test
	void callWhenServerDoesNotHoldTheAddressIsRefused() {
		assertRefused(() -> call(server, "127.0.0.1"), Reason.HOST_NAME_MISMATCH);
	}

	@Test
	void callWhenServerIsNamedByItsCommonNameOnlyIsRefused() {
		assertRefused(() -> call(namedByCommonNameOnly, "localhost"), Reason.HOST_NAME_MISMATCH);
	}

	@Test
	void callWhenServerIsOfAnotherAuthorityIsRefused() {
		assertRefused(() -> call(ofAnotherAuthority, "localhost"), Reason.ISSUER_UNKNOWN);
	}

	private static void assertRefused(ThrowingCallable call, Reason reason) {
		assertThatExceptionOfType(ResourceAccessException.class).isThrownBy(call)
			.havingRootCause()
			.isInstanceOfSatisfying(MtlsException.class, (refused) -> assertThat(refused.reason()).isEqualTo(reason));
		assertThat(namedByCommonNameOnly.requests() + ofAnotherAuthority.requests()).isZero();
	}

	private static String admitted() {
		MtlsEvent.PeerAdmitted admitted = server.events().await(MtlsEvent.PeerAdmitted.class);
		return "%s admitted %s".formatted(admitted.gate(), Objects.requireNonNull(admitted.identity()).displayName());
	}

	private static String call(TestServer target, String host) {
		return server.bean(RestClient.Builder.class)
			.build()
			.get()
			.uri("https://{host}:{port}/peer", host, target.port())
			.retrieve()
			.requiredBody(String.class);
	}

}
