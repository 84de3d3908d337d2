package dev.mtls.benchmarks;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Both ends of a tunnel to a service.
 */
final class TunnelPair implements AutoCloseable {

	private final int port = freePort();

	private final TunnelProcess server;

	private final TunnelProcess client;

	TunnelPair(TunnelProgram program, TestBed testBed, int service) throws IOException, InterruptedException {
		Path directory = Files.createTempDirectory(testBed.directory(), "tunnel");
		int between = freePort();
		this.server = new TunnelProcess(program,
				new TunnelEnd(true, between, service, testBed.serverFiles(), testBed.anchor(), directory));
		try {
			this.client = new TunnelProcess(program,
					new TunnelEnd(false, this.port, between, testBed.clientFiles(), testBed.anchor(), directory));
		}
		catch (IOException | InterruptedException | RuntimeException ex) {
			this.server.close();
			throw ex;
		}
	}

	/**
	 * Where connections enter the tunnel.
	 * @return the port
	 */
	int port() {
		return this.port;
	}

	TunnelProcess server() {
		return this.server;
	}

	TunnelProcess client() {
		return this.client;
	}

	double cpuSeconds() throws IOException {
		return this.server.cpuSeconds() + this.client.cpuSeconds();
	}

	@Override
	public void close() throws IOException {
		try (this.server) {
			this.client.close();
		}
	}

	private static int freePort() throws IOException {
		try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
			return socket.getLocalPort();
		}
	}

}
