package dev.mtls.tcp.netty;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

import javax.net.ssl.SSLEngine;

import io.netty.handler.ssl.ReferenceCountedOpenSslEngine;
import io.netty.internal.tcnative.SSL;
import org.jspecify.annotations.Nullable;
import reactor.util.Logger;
import reactor.util.Loggers;

/**
 * Keeps the output of an engine of netty-tcnative open when the peer closes its own.
 * BoringSSL can; Netty's engine answers every close_notify with its own, unless it takes
 * it for one that it has seen. What says so there is private, and without it the engine
 * closes both directions.
 */
final class NativeShutdown {

	private final ReferenceCountedOpenSslEngine engine;

	private NativeShutdown(ReferenceCountedOpenSslEngine engine) {
		this.engine = engine;
	}

	/**
	 * Keep the output of an engine open.
	 * @param engine the engine, whose handshake has not begun
	 * @return tells whether the peer closed its output, or {@code null} if the engine is
	 * another one or cannot do so
	 */
	static @Nullable NativeShutdown of(SSLEngine engine) {
		if (engine instanceof ReferenceCountedOpenSslEngine nativeEngine && Received.HANDLE != null) {
			Received.HANDLE.set(nativeEngine, true);
			return new NativeShutdown(nativeEngine);
		}
		return null;
	}

	/**
	 * Have the engine close both directions again, as TLS 1.2 does.
	 * @return whether the peer closed its output meanwhile
	 */
	boolean end() {
		if (Received.HANDLE != null) {
			Received.HANDLE.set(this.engine, false);
		}
		return isReceived();
	}

	static boolean isNative(SSLEngine engine) {
		return engine instanceof ReferenceCountedOpenSslEngine;
	}

	/**
	 * Whether the peer closed its output, or sent a fatal alert.
	 * @return whether nothing more will come
	 */
	@SuppressWarnings("deprecation")
	boolean isReceived() {
		long pointer = this.engine.sslPointer();
		return pointer != 0 && (SSL.getShutdown(pointer) & SSL.SSL_RECEIVED_SHUTDOWN) != 0;
	}

	/**
	 * What says that a close_notify was received. Looked for when there is an engine,
	 * because without netty-tcnative its class cannot be linked.
	 */
	private static final class Received {

		private static final Logger logger = Loggers.getLogger(NativeShutdown.class);

		private static final @Nullable VarHandle HANDLE = find();

		private static @Nullable VarHandle find() {
			try {
				return MethodHandles.privateLookupIn(ReferenceCountedOpenSslEngine.class, MethodHandles.lookup())
					.findVarHandle(ReferenceCountedOpenSslEngine.class, "receivedShutdown", boolean.class);
			}
			catch (ReflectiveOperationException | RuntimeException ex) {
				logger.warn("A peer that closes its output closes the whole connection with this version of Netty", ex);
				return null;
			}
		}

	}

}
