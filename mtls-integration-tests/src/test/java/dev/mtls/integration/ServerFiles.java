package dev.mtls.integration;

import java.nio.file.Path;
import java.util.stream.Stream;

import dev.mtls.test.PemFiles;
import dev.mtls.test.TestAuthority;
import dev.mtls.test.TestCertificate;

/**
 * The files that the three properties of a server name.
 *
 * @param material the server's certificate and key
 * @param trust who issues the clients' certificates
 */
record ServerFiles(PemFiles material, Path trust) {

	static ServerFiles write(TestAuthority authority, Path directory) {
		return write(authority, authority.server(), directory);
	}

	static ServerFiles write(TestAuthority authority, TestCertificate server, Path directory) {
		return new ServerFiles(server.writeTo(directory, "server"), authority.writeTo(directory, "ca"));
	}

	/**
	 * The three properties and others.
	 * @param others the others as {@code key=value}
	 * @return all of them
	 */
	String[] properties(String... others) {
		return Stream.concat(Stream.of("mtls.server.certificate=file:" + this.material.certificate(),
				"mtls.server.private-key=file:" + this.material.privateKey(),
				"mtls.server.trust-certificates=file:" + this.trust), Stream.of(others))
			.toArray(String[]::new);
	}

}
