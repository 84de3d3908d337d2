package dev.mtls.tcp.tunnel;

import java.time.Duration;
import java.time.Instant;

import org.jspecify.annotations.Nullable;

/**
 * A session of a tunnel as it was at some time.
 *
 * @param id the number of the session, unique in this process
 * @param tunnel the name of the tunnel
 * @param client the address of whoever connected to the tunnel
 * @param peer the name of the peer on the side of TLS, or {@code null} if it has shown no
 * certificate, or not yet
 * @param target where the tunnel connects to
 * @param started when it was accepted
 * @param uptime for how long it has been there
 * @param bytesToTarget how many bytes of plain text went to the target
 * @param bytesToClient how many bytes of plain text came back
 * @param end why it ended, or {@code null} if it has not
 * @param detail more about that, or {@code null} if there is nothing to say
 */
public record TunnelSession(long id, String tunnel, String client, @Nullable String peer, String target,
		Instant started, Duration uptime, long bytesToTarget, long bytesToClient, @Nullable SessionEnd end,
		@Nullable String detail) {

}
