package dev.mtls.material;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.bouncycastle.jce.provider.BouncyCastleProvider;
import org.bouncycastle.openssl.bc.BcPEMDecryptorProvider;
import org.bouncycastle.operator.InputDecryptor;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.pkcs.PKCS8EncryptedPrivateKeyInfo;
import org.bouncycastle.pkcs.jcajce.JcePKCSPBEInputDecryptorProviderBuilder;
import org.bouncycastle.util.Strings;
import org.jspecify.annotations.Nullable;

import dev.mtls.decision.MtlsException;
import dev.mtls.decision.Reason;

/**
 * Decrypts the content of a PEM block: that of {@code ENCRYPTED PRIVATE KEY} (RFC 5958,
 * 3), and OpenSSL's legacy form with a {@code DEK-Info} header (RFC 1421, 4.6.1.3).
 */
final class KeyDecryption {

	private static final String PKCS8 = "ENCRYPTED PRIVATE KEY";

	/** The ciphers that OpenSSL wrote, and the vector of their block length. */
	private static final Pattern DEK_INFO = Pattern
		.compile("(AES-(?:128|192|256)-CBC(?=,.{32}$)|DES(?:-EDE3?)?-CBC(?=,.{16}$)),((?:[0-9A-Fa-f]{2})+)");

	private final PemBlock block;

	private final char[] password;

	private KeyDecryption(PemBlock block, char[] password) {
		this.block = block;
		this.password = password;
	}

	static boolean isNeededFor(PemBlock block) {
		String procType = block.header("Proc-Type");
		return block.label().equals(PKCS8) || (procType != null && procType.endsWith("ENCRYPTED"));
	}

	/**
	 * Decrypt a block.
	 * @param block the block
	 * @param password the password, or {@code null}; an empty one counts as none
	 * @return the DER of the key, for the caller to overwrite; it can be noise when the
	 * password is wrong
	 * @throws MtlsException with {@code PASSWORD_WRONG} when the password is missing or
	 * wrong, with {@code MATERIAL_INVALID} when the encryption is unknown or malformed
	 */
	static byte[] decrypt(PemBlock block, char @Nullable [] password) {
		if (password == null || password.length == 0) {
			throw new MtlsException(Reason.PASSWORD_WRONG, block.place(),
					"The private key is encrypted and no password is given", "Set the password of the private key");
		}
		KeyDecryption decryption = new KeyDecryption(block, password);
		return block.label().equals(PKCS8) ? decryption.decryptPkcs8() : decryption.decryptLegacy();
	}

	static MtlsException wrongPassword(String place) {
		return new MtlsException(Reason.PASSWORD_WRONG, place, "The password does not open the private key",
				"Correct the password of the private key");
	}

	private byte[] decryptPkcs8() {
		byte[] encrypted;
		InputDecryptor decryptor;
		try {
			PKCS8EncryptedPrivateKeyInfo info = new PKCS8EncryptedPrivateKeyInfo(this.block.content());
			encrypted = info.getEncryptedData();
			// An instance for this one use; it is never registered
			decryptor = new JcePKCSPBEInputDecryptorProviderBuilder().setProvider(new BouncyCastleProvider())
				.build(this.password)
				.get(info.getEncryptionAlgorithm());
		}
		catch (IOException | OperatorCreationException | RuntimeException ex) {
			throw unknownEncryption(ex);
		}
		byte[] buffer = new byte[encrypted.length];
		try (InputStream in = decryptor.getInputStream(new ByteArrayInputStream(encrypted))) {
			return Arrays.copyOf(buffer, in.readNBytes(buffer, 0, buffer.length));
		}
		catch (IOException | RuntimeException ex) {
			throw wrongPassword(this.block.place());
		}
		finally {
			Arrays.fill(buffer, (byte) 0);
		}
	}

	private byte[] decryptLegacy() {
		Matcher dekInfo = DEK_INFO.matcher(String.valueOf(this.block.header("DEK-Info")));
		if (!dekInfo.matches()) {
			throw unknownEncryption(null);
		}
		byte[] vector = HexFormat.of().parseHex(dekInfo.group(2));
		char[] octets = octetsOfPassword();
		try {
			return new BcPEMDecryptorProvider(octets).get(dekInfo.group(1)).decrypt(this.block.content(), vector);
		}
		catch (IOException | RuntimeException ex) {
			throw wrongPassword(this.block.place());
		}
		finally {
			Arrays.fill(octets, '\0');
		}
	}

	private char[] octetsOfPassword() {
		// OpenSSL takes the bytes of the terminal, today UTF-8; Bouncy Castle takes the
		// lower half of each character
		byte[] utf8 = Strings.toUTF8ByteArray(this.password);
		char[] octets = new char[utf8.length];
		for (int i = 0; i < octets.length; i++) {
			octets[i] = (char) (utf8[i] & 0xff);
		}
		Arrays.fill(utf8, (byte) 0);
		return octets;
	}

	private MtlsException unknownEncryption(@Nullable Exception cause) {
		return new MtlsException(Reason.MATERIAL_INVALID, this.block.place(),
				"The private key is encrypted in a way that is not known",
				"Encrypt it again, for example with openssl pkcs8 -topk8", cause);
	}

}
