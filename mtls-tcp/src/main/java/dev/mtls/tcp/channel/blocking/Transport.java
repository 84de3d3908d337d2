package dev.mtls.tcp.channel.blocking;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.time.Duration;

import org.jspecify.annotations.Nullable;

import dev.mtls.identity.PeerIdentity;

/**
 * The connection beneath a channel. One thread may read while another one writes;
 * everything else may be called by any thread at any time.
 */
interface Transport {

	InputStream input();

	/**
	 * Send bytes, all at once where the transport has no records.
	 * @param bytes the bytes
	 * @throws IOException if that fails, after which nobody knows how many were sent
	 */
	void write(byte[] bytes) throws IOException;

	/**
	 * Bound how long reads that begin from now on wait.
	 * @param timeout the bound, or {@code null} for none
	 * @throws IOException if the connection is closed
	 */
	void readTimeout(@Nullable Duration timeout) throws IOException;

	@Nullable PeerIdentity peerIdentity();

	InetSocketAddress remoteAddress();

	boolean isOpen();

	/**
	 * Close in order, which ends reads and writes of other threads, and do not fail.
	 * @param linger how long this may read what the peer still sends, so that nothing of
	 * what was sent gets lost; zero if another thread reads
	 */
	void close(Duration linger);

	/**
	 * Close at once, so that the peer sees a reset. It blocks nobody.
	 */
	void reset();

}
