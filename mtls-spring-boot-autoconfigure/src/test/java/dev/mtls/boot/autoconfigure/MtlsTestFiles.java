package dev.mtls.boot.autoconfigure;

import java.nio.file.Path;

import dev.mtls.test.PemFiles;
import dev.mtls.test.TestAuthority;

/**
 * The files of an authority, a server and a client, and the properties that name them.
 */
record MtlsTestFiles(TestAuthority authority, Path anchor, PemFiles server, PemFiles client) {

	static MtlsTestFiles in(Path directory) {
		TestAuthority authority = TestAuthority.create();
		return new MtlsTestFiles(authority, authority.writeTo(directory, "ca"),
				authority.server().writeTo(directory, "server"),
				authority.client("client").writeTo(directory, "client"));
	}

	String[] serverProperties() {
		return properties("mtls.server", this.server);
	}

	String[] clientProperties() {
		return properties("mtls.client", this.client);
	}

	private String[] properties(String prefix, PemFiles files) {
		return new String[] { "%s.certificate=%s".formatted(prefix, files.certificate()),
				"%s.private-key=%s".formatted(prefix, files.privateKey()),
				"%s.trust-certificates=%s".formatted(prefix, this.anchor) };
	}

}
