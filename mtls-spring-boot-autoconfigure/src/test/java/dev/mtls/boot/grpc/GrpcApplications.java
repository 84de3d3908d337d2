package dev.mtls.boot.grpc;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

import dev.mtls.test.PemFiles;
import dev.mtls.test.TestAuthority;
import dev.mtls.test.TestCertificate;

/**
 * Servers and clients that trust one authority, and the files that they watch.
 */
final class GrpcApplications implements AutoCloseable {

	private static final String CLIENT_BUNDLE = "spring.grpc.client.channel.default.ssl.bundle=mtls-client";

	private final TestAuthority authority = TestAuthority.create();

	private final List<GrpcApplication> started = new ArrayList<>();

	private final Path directory;

	GrpcApplications(Path directory) throws IOException {
		this.directory = directory;
		trust(this.authority);
		revoke();
	}

	TestAuthority authority() {
		return this.authority;
	}

	/**
	 * Start a server.
	 * @param properties further properties, which win
	 * @return the server
	 */
	GrpcApplication server(String... properties) {
		return server(this.authority.server(), properties);
	}

	GrpcApplication server(TestCertificate certificate, String... properties) {
		List<String> all = properties("mtls.server", "server", certificate);
		all.addAll(List.of("spring.grpc.server.port=0", "spring.grpc.server.shutdown.grace-period=0s",
				"spring.grpc.server.ssl.bundle=mtls-server", "spring.grpc.server.ssl.client-auth=require"));
		all.addAll(List.of(properties));
		return started(GrpcApplication.server(all));
	}

	/**
	 * Start a client.
	 * @param name its name
	 * @param properties further properties
	 * @return the client
	 */
	GrpcApplication client(String name, String... properties) {
		return client(name, this.authority.client(name), properties);
	}

	GrpcApplication client(String name, TestCertificate certificate, String... properties) {
		List<String> all = properties("mtls.client", name, certificate);
		all.add(CLIENT_BUNDLE);
		all.addAll(List.of(properties));
		return started(GrpcApplication.client(all));
	}

	/**
	 * Start a client that has no certificate.
	 * @return the client
	 */
	GrpcApplication anonymous() {
		return started(GrpcApplication
			.client(List.of("mtls.client.trust-certificates=" + this.directory.resolve("ca.crt"), CLIENT_BUNDLE)));
	}

	/**
	 * Start a client without TLS.
	 * @return the client
	 */
	GrpcApplication plain() {
		return started(GrpcApplication.client(List.of("spring.grpc.client.channel.default.ssl.enabled=false")));
	}

	/**
	 * Give a server or client another certificate.
	 * @param name the name of the client, or {@code server}
	 * @param certificate the certificate
	 * @return its files
	 */
	PemFiles renew(String name, TestCertificate certificate) {
		return certificate.writeTo(this.directory, name);
	}

	/**
	 * Trust these authorities and no others.
	 * @param authorities the authorities
	 * @throws IOException if their file cannot be written
	 */
	void trust(TestAuthority... authorities) throws IOException {
		Files.writeString(this.directory.resolve("ca.crt"),
				Arrays.stream(authorities).map(TestAuthority::anchorPem).collect(Collectors.joining()));
	}

	/**
	 * Revoke these certificates.
	 * @param revoked the certificates
	 * @return the location of the CRL
	 * @throws IOException if it cannot be written
	 */
	String revoke(X509Certificate... revoked) throws IOException {
		Path file = this.directory.resolve("ca.crl");
		Files.write(file, this.authority.crl(revoked));
		return "file:" + file;
	}

	/**
	 * Allow these peers and no others.
	 * @param rules the rules
	 * @return the location of their file
	 * @throws IOException if it cannot be written
	 */
	String allow(String... rules) throws IOException {
		Path file = this.directory.resolve("allowed");
		Files.write(file, List.of(rules));
		return "file:" + file;
	}

	@Override
	public void close() {
		// Servers come first, so that no client waits for the end of a stream
		this.started.forEach(GrpcApplication::close);
	}

	private GrpcApplication started(GrpcApplication application) {
		this.started.add(application);
		return application;
	}

	private List<String> properties(String prefix, String name, TestCertificate certificate) {
		PemFiles files = renew(name, certificate);
		return new ArrayList<>(List.of("%s.certificate=%s".formatted(prefix, files.certificate()),
				"%s.private-key=%s".formatted(prefix, files.privateKey()),
				"%s.trust-certificates=%s".formatted(prefix, this.directory.resolve("ca.crt"))));
	}

}
