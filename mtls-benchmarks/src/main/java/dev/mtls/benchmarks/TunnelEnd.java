package dev.mtls.benchmarks;

import java.nio.file.Path;

import dev.mtls.test.PemFiles;

/**
 * An end of a tunnel on the loopback interface.
 *
 * @param server whether it is the end before the service
 * @param listen the port it listens at
 * @param target the port it connects to
 * @param files its certificate and private key
 * @param anchor the file of the certificate that both ends trust
 * @param directory where its configuration is written
 */
record TunnelEnd(boolean server, int listen, int target, PemFiles files, Path anchor, Path directory) {

	String role() {
		return this.server ? "server" : "client";
	}

}
