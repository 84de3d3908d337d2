package dev.mtls.material;

import java.security.PrivateKey;
import java.util.Arrays;
import java.util.List;

import org.jspecify.annotations.Nullable;

import dev.mtls.decision.MtlsException;
import dev.mtls.decision.Reason;
import dev.mtls.source.Document;

/**
 * Reads the only private key of a PEM document.
 */
final class PrivateKeyReader {

	private final Document document;

	private final char @Nullable [] password;

	PrivateKeyReader(Document document, char @Nullable [] password) {
		this.document = document;
		this.password = password;
	}

	PrivateKey read() {
		if (this.document.content().length == 0) {
			throw invalid("It is empty", "Write the private key into it");
		}
		List<PemBlock> blocks = PemBlock.readAll(this.document);
		try {
			PemBlock block = onlyPrivateKeyOf(blocks);
			return read(block, new PrivateKeyParser(block.place(), parametersBefore(block, blocks)));
		}
		finally {
			blocks.forEach(PemBlock::close);
		}
	}

	private PemBlock onlyPrivateKeyOf(List<PemBlock> blocks) {
		List<PemBlock> keys = blocks.stream().filter(PemBlock::isPrivateKey).toList();
		if (keys.size() == 1) {
			return keys.get(0);
		}
		if (!keys.isEmpty()) {
			throw invalid("It holds %d private keys".formatted(keys.size()), "Leave the one that is to be used");
		}
		if (blocks.isEmpty()) {
			throw invalid("It holds no PEM block",
					"Give a PEM file with -----BEGIN PRIVATE KEY-----; openssl pkey -inform DER converts a DER key");
		}
		PemBlock other = blocks.get(0);
		throw invalid("It holds no private key, but a block named " + other.label(),
				other.isCertificate() ? "Give the file of the private key; this one is that of a certificate"
						: "Give a -----BEGIN PRIVATE KEY----- block");
	}

	private PrivateKey read(PemBlock block, PrivateKeyParser parser) {
		if (!KeyDecryption.isNeededFor(block)) {
			try {
				return parser.parse(block.label(), block.content());
			}
			catch (IllegalArgumentException ex) {
				throw invalid("The private key cannot be parsed",
						"Export the private key again; openssl pkey -check shows whether it is whole");
			}
		}
		byte[] der = KeyDecryption.decrypt(block, this.password);
		try {
			return parser.parse(block.label(), der);
		}
		catch (IllegalArgumentException ex) {
			// Noise, which a wrong password can by chance leave with good padding
			throw KeyDecryption.wrongPassword(block.place());
		}
		finally {
			Arrays.fill(der, (byte) 0);
		}
	}

	private MtlsException invalid(String problem, String fix) {
		return new MtlsException(Reason.MATERIAL_INVALID, this.document.place(), problem, fix);
	}

	private static @Nullable PemBlock parametersBefore(PemBlock key, List<PemBlock> blocks) {
		// OpenSSL writes the curve in a block of its own before a SEC1 key
		int index = blocks.indexOf(key) - 1;
		return (index >= 0 && blocks.get(index).label().equals("EC PARAMETERS")) ? blocks.get(index) : null;
	}

}
