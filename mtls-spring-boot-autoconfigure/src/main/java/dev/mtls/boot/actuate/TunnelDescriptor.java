package dev.mtls.boot.actuate;

import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.Locale;

import org.jspecify.annotations.Nullable;

import dev.mtls.decision.PrintableText;
import dev.mtls.gate.Gate;
import dev.mtls.material.KeyMaterial;
import dev.mtls.tcp.tunnel.RunningTunnel;

/**
 * What operators are shown of a tunnel. There is neither a secret nor a peer in it.
 *
 * @param role on which side TLS is spoken, {@code server} or {@code client}
 * @param listen where it listens
 * @param target where it connects to
 * @param connections how many connections it has at present
 * @param totalSessions how many sessions there were so far
 * @param bytesToTarget how many bytes of plain text went to the target so far
 * @param bytesToClient how many bytes of plain text came back so far
 * @param startedAt when it was started
 * @param generation the number of the current generation of certificate, trust and rules
 * @param certificate the own certificate, or {@code null} if there is none
 */
public record TunnelDescriptor(String role, String listen, String target, int connections, long totalSessions,
		long bytesToTarget, long bytesToClient, @Nullable Instant startedAt, long generation,
		@Nullable OwnCertificate certificate) {

	static TunnelDescriptor of(RunningTunnel tunnel, @Nullable Instant startedAt, Gate gate) {
		return new TunnelDescriptor(tunnel.role().name().toLowerCase(Locale.ROOT), tunnel.address().toString(),
				tunnel.target().toString(), tunnel.connections(), tunnel.totalSessions(), tunnel.bytesToTarget(),
				tunnel.bytesToClient(), startedAt, gate.generation(), OwnCertificate.of(gate.snapshot().key()));
	}

	/**
	 * The own certificate.
	 *
	 * @param subject the subject, printable
	 * @param serialNumber the serial number in hexadecimal digits
	 * @param notAfter when it ceases to be valid
	 */
	public record OwnCertificate(String subject, String serialNumber, Instant notAfter) {

		static @Nullable OwnCertificate of(@Nullable KeyMaterial key) {
			if (key == null) {
				return null;
			}
			X509Certificate leaf = key.leaf();
			return new OwnCertificate(PrintableText.of(leaf.getSubjectX500Principal().getName()),
					leaf.getSerialNumber().toString(16), leaf.getNotAfter().toInstant());
		}

	}

}
