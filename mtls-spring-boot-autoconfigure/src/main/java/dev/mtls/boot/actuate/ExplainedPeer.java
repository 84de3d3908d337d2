package dev.mtls.boot.actuate;

import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.security.cert.X509Certificate;
import java.util.List;

import org.jspecify.annotations.Nullable;

import dev.mtls.address.Cidr;
import dev.mtls.decision.MtlsException;
import dev.mtls.decision.Reason;
import dev.mtls.material.PemMaterial;
import dev.mtls.source.Document;

/**
 * Reads the peer that is to be explained, as it was sent.
 */
final class ExplainedPeer {

	private static final int MAX_LENGTH = 128 * 1024;

	private ExplainedPeer() {
	}

	/**
	 * Read a chain.
	 * @param certificate the certificates in PEM, or {@code null} for none
	 * @return the chain, empty for none
	 * @throws MtlsException if it is too long or no certificate
	 */
	static List<X509Certificate> chain(@Nullable String certificate) {
		if (certificate == null) {
			return List.of();
		}
		if (certificate.length() > MAX_LENGTH) {
			throw new MtlsException(Reason.MATERIAL_INVALID, "certificate",
					"it has more than %d characters".formatted(MAX_LENGTH), "send the chain of one peer");
		}
		return PemMaterial.certificates(Document.of("certificate", certificate.getBytes(StandardCharsets.US_ASCII)));
	}

	/**
	 * Read an address.
	 * @param address the address, never a name
	 * @return the address
	 * @throws MtlsException if it is none
	 */
	static InetAddress address(String address) {
		Cidr cidr = Cidr.parse(address);
		if (cidr.prefixLength() != cidr.network().getAddress().length * Byte.SIZE) {
			throw new MtlsException(Reason.RULE_INVALID, "address", "it is a network", "send a single address");
		}
		return cidr.network();
	}

}
