package dev.mtls.benchmarks;

import java.nio.ByteBuffer;
import java.util.concurrent.TimeUnit;

import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;
import javax.net.ssl.SSLException;

import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * What the starter adds to the TLS engine of the JDK's client for a request on a
 * connection that is kept alive: the request is encrypted by the client and the response
 * by the server, and each is decrypted by the other.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 5, time = 500, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 5, time = 500, timeUnit = TimeUnit.MILLISECONDS)
@Fork(3)
public class OutboundEngineBenchmark {

	private static final int BUFFER = 32 * 1024;

	/**
	 * Whether the engine of the client is the starter's.
	 */
	@Param({ "false", "true" })
	public boolean gated;

	private final OutboundLayers layers = new OutboundLayers();

	private final SSLEngine server = this.layers.serverEngine();

	private SSLEngine client = this.layers.engine();

	private final ByteBuffer[] message = { ByteBuffer.allocate(200) };

	private final ByteBuffer toServer = ByteBuffer.allocate(BUFFER);

	private final ByteBuffer toClient = ByteBuffer.allocate(BUFFER);

	private final ByteBuffer decrypted = ByteBuffer.allocate(BUFFER);

	@Setup(Level.Trial)
	public void shakeHands() throws SSLException {
		if (this.gated) {
			this.client = this.layers.gatedEngine();
		}
		this.client.setUseClientMode(true);
		this.client.beginHandshake();
		this.server.beginHandshake();
		while (isBusy(this.client, this.toClient) || isBusy(this.server, this.toServer)) {
			step(this.client, this.toClient, this.toServer);
			step(this.server, this.toServer, this.toClient);
		}
	}

	/**
	 * A request and its response.
	 */
	@Benchmark
	public void exchange() throws SSLException {
		pass(this.client, this.toServer, this.server);
		pass(this.server, this.toClient, this.client);
	}

	private void pass(SSLEngine from, ByteBuffer encrypted, SSLEngine to) throws SSLException {
		this.message[0].clear();
		from.wrap(this.message, encrypted);
		encrypted.flip();
		this.decrypted.clear();
		to.unwrap(encrypted, this.decrypted);
		encrypted.clear();
		if (this.decrypted.position() != this.message[0].capacity()) {
			throw new SSLException("%d bytes arrived".formatted(this.decrypted.position()));
		}
	}

	private void step(SSLEngine engine, ByteBuffer in, ByteBuffer out) throws SSLException {
		switch (engine.getHandshakeStatus()) {
			case NEED_TASK -> engine.getDelegatedTask().run();
			case NEED_WRAP -> engine.wrap(ByteBuffer.allocate(0), out);
			default -> {
				in.flip();
				engine.unwrap(in, this.decrypted);
				in.compact();
			}
		}
	}

	private static boolean isBusy(SSLEngine engine, ByteBuffer in) {
		return engine.getHandshakeStatus() != HandshakeStatus.NOT_HANDSHAKING || in.position() > 0;
	}

}
