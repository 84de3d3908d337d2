package dev.mtls.benchmarks;

import java.nio.ByteBuffer;
import java.util.concurrent.TimeUnit;

import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult;
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

	private final ByteBuffer message = ByteBuffer.allocate(200);

	private final ByteBuffer encrypted = ByteBuffer.allocate(BUFFER);

	private final ByteBuffer decrypted = ByteBuffer.allocate(BUFFER);

	@Setup(Level.Trial)
	public void shakeHands() throws SSLException {
		if (this.gated) {
			this.client = this.layers.gatedEngine();
		}
		this.client.setUseClientMode(true);
		// The last messages of the handshake follow it
		do {
			passHandshake(this.client, this.server);
			passHandshake(this.server, this.client);
		}
		while (isShaking(this.client) || isShaking(this.server));
	}

	/**
	 * A request and its response.
	 */
	@Benchmark
	public void exchange() throws SSLException {
		pass(this.client, this.server);
		pass(this.server, this.client);
	}

	private void pass(SSLEngine from, SSLEngine to) throws SSLException {
		this.message.rewind();
		transfer(from, to, this.message);
	}

	private void passHandshake(SSLEngine from, SSLEngine to) throws SSLException {
		while (true) {
			runTasks(from);
			if (from.getHandshakeStatus() != HandshakeStatus.NEED_WRAP
					&& from.getHandshakeStatus() != HandshakeStatus.NOT_HANDSHAKING) {
				return;
			}
			boolean begun = from.getHandshakeStatus() == HandshakeStatus.NOT_HANDSHAKING;
			if (begun && !from.getSession().getProtocol().equals("NONE")) {
				return;
			}
			transfer(from, to, ByteBuffer.allocate(0));
		}
	}

	private void transfer(SSLEngine from, SSLEngine to, ByteBuffer bytes) throws SSLException {
		this.encrypted.clear();
		from.wrap(bytes, this.encrypted);
		this.encrypted.flip();
		this.decrypted.clear();
		while (this.encrypted.hasRemaining()) {
			SSLEngineResult result = to.unwrap(this.encrypted, this.decrypted);
			runTasks(to);
			if (result.getStatus() != SSLEngineResult.Status.OK) {
				throw new SSLException("Unwrapping gave " + result);
			}
		}
	}

	private static boolean isShaking(SSLEngine engine) {
		return engine.getHandshakeStatus() != HandshakeStatus.NOT_HANDSHAKING;
	}

	private static void runTasks(SSLEngine engine) {
		while (engine.getHandshakeStatus() == HandshakeStatus.NEED_TASK) {
			engine.getDelegatedTask().run();
		}
	}

}
