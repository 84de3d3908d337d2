package dev.mtls.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

import javax.net.ssl.SSLContext;

import dev.mtls.test.PemFiles;
import dev.mtls.test.TestAuthority;
import dev.mtls.test.TestCertificate;

/**
 * Certificates in a temporary directory, and what uses them: the servers and their
 * client.
 */
final class TestBed implements AutoCloseable {

	private final TestAuthority authority = TestAuthority.create();

	private final Path directory = Files.createTempDirectory("mtls-benchmarks");

	private final Path anchor = this.authority.writeTo(this.directory, "ca");

	private final PemFiles server = this.authority.server().writeTo(this.directory, "server");

	private final TestCertificate clientCertificate = this.authority.client("client.example.com");

	private final PemFiles clientFiles = this.clientCertificate.writeTo(this.directory, "client");

	private final SSLContext client = this.clientCertificate.sslContext(this.authority);

	TestBed() throws IOException {
	}

	TestAuthority authority() {
		return this.authority;
	}

	Path directory() {
		return this.directory;
	}

	SSLContext client() {
		return this.client;
	}

	List<String> properties(Variant variant) {
		return variant.properties(this.server, this.anchor);
	}

	Path anchor() {
		return this.anchor;
	}

	PemFiles serverFiles() {
		return this.server;
	}

	PemFiles clientFiles() {
		return this.clientFiles;
	}

	List<String> serverOptions() {
		return List.of("certificate=" + this.server.certificate(), "private-key=" + this.server.privateKey(),
				"trust-certificates=" + this.anchor);
	}

	ServerProcess start(Variant variant) throws IOException, InterruptedException {
		return new ServerProcess(properties(variant));
	}

	List<String> properties(OutboundVariant variant) {
		return variant.properties(this.clientFiles, this.anchor);
	}

	KeepAliveServer serve() throws IOException {
		return new KeepAliveServer(this.authority.server().sslContext(this.authority));
	}

	@Override
	public void close() throws IOException {
		try (Stream<Path> files = Files.walk(this.directory)) {
			for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
				Files.delete(file);
			}
		}
	}

}
