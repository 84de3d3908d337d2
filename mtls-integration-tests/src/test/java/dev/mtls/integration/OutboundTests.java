package dev.mtls.integration;

import java.nio.file.Path;

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
import dev.mtls.event.MtlsEvent;
import dev.mtls.identity.PeerIdentity;
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
		assertThat(server.events().await(MtlsEvent.PeerAdmitted.class).identity()).isNotNull()
			.extracting(PeerIdentity::displayName)
			.isEqualTo("outbound.example.com");
	}

	@Test
	void callWhenServerDoesNotHoldTheAddressIsRefused() {
		assertRefused(() -> call(server, "127.0.0.1"), "host-name-mismatch");
	}

	@Test
	void callWhenServerIsNamedByItsCommonNameOnlyIsRefused() {
		assertRefused(() -> call(namedByCommonNameOnly, "localhost"), "host-name-mismatch");
	}

	@Test
	void callWhenServerIsOfAnotherAuthorityIsRefused() {
		assertRefused(() -> call(ofAnotherAuthority, "localhost"), "issuer-unknown");
	}

	private static void assertRefused(ThrowingCallable call, String reason) {
		assertThatExceptionOfType(ResourceAccessException.class).isThrownBy(call)
			.havingRootCause()
			.withMessageContaining(reason);
		assertThat(namedByCommonNameOnly.requests() + ofAnotherAuthority.requests()).isZero();
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
