package dev.mtls.revocation;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.Signature;
import java.util.HexFormat;

import org.bouncycastle.asn1.DEROctetString;

import dev.mtls.authority.CertificateAuthority;

/**
 * A signed CRL of which each part can be any bytes. Parts are written in hexadecimal
 * digits; {@link #tlv} puts the right length before them.
 */
final class RawCrl {

	static final String ECDSA_SHA256 = tlv("30", "06082a8648ce3d040302");

	static final String TIME = utcTime("261120120000Z");

	static final String ENTRY = entry("01", "");

	private String version = "020101";

	private String algorithm = ECDSA_SHA256;

	private String outerAlgorithm = ECDSA_SHA256;

	private String issuer;

	private String validity = TIME + utcTime("261121120000Z");

	private String entries = tlv("30", ENTRY);

	private String extensions = "";

	private String unusedBits = "00";

	private final CertificateAuthority authority;

	RawCrl(CertificateAuthority authority) {
		this.authority = authority;
		this.issuer = hex(authority.certificate().getSubjectX500Principal().getEncoded());
	}

	RawCrl version(String tlv) {
		this.version = tlv;
		return this;
	}

	RawCrl algorithm(String tlv) {
		this.algorithm = tlv;
		return this;
	}

	RawCrl outerAlgorithm(String tlv) {
		this.outerAlgorithm = tlv;
		return this;
	}

	RawCrl issuer(String tlv) {
		this.issuer = tlv;
		return this;
	}

	RawCrl validity(String tlvs) {
		this.validity = tlvs;
		return this;
	}

	RawCrl entries(String content) {
		this.entries = tlv("30", content);
		return this;
	}

	RawCrl noEntries() {
		this.entries = "";
		return this;
	}

	RawCrl extensions(String content) {
		this.extensions = tlv("a0", tlv("30", content));
		return this;
	}

	RawCrl rawExtensions(String tlv) {
		this.extensions = tlv;
		return this;
	}

	RawCrl unusedBits(String octet) {
		this.unusedBits = octet;
		return this;
	}

	byte[] der() {
		String signed = tlv("30",
				this.version + this.algorithm + this.issuer + this.validity + this.entries + this.extensions);
		try {
			Signature signature = Signature.getInstance("SHA256withECDSA");
			signature.initSign(this.authority.own().privateKey());
			signature.update(bytes(signed));
			return bytes(tlv("30", signed + this.outerAlgorithm + tlv("03", this.unusedBits + hex(signature.sign()))));
		}
		catch (GeneralSecurityException ex) {
			throw new IllegalStateException(ex);
		}
	}

	static String entry(String serialNumber, String extensions) {
		return tlv("30", tlv("02", serialNumber) + TIME + (extensions.isEmpty() ? "" : tlv("30", extensions)));
	}

	/**
	 * An extension of an entry or of the CRL.
	 * @param arc the last octet of its identifier below 2.5.29
	 * @param critical the encoding of whether it is critical, or nothing
	 * @param value the encoding of its value
	 * @return the encoding
	 */
	static String extension(String arc, String critical, String value) {
		return tlv("30", tlv("06", "551d" + arc) + critical + tlv("04", value));
	}

	static String utcTime(String time) {
		return tlv("17", hex(time.getBytes(StandardCharsets.US_ASCII)));
	}

	static String generalizedTime(String time) {
		return tlv("18", hex(time.getBytes(StandardCharsets.US_ASCII)));
	}

	static String tlv(String tag, String content) {
		byte[] octetString = CrlFixture.der(new DEROctetString(bytes(content)));
		return tag + hex(octetString).substring(2);
	}

	static String nested(int depth) {
		ByteArrayOutputStream inner = new ByteArrayOutputStream();
		for (int i = 0; i < depth; i++) {
			inner.writeBytes(new byte[] { 0x30, (byte) 0x80 });
		}
		return hex(inner.toByteArray());
	}

	static byte[] bytes(String hex) {
		return HexFormat.of().parseHex(hex);
	}

	static String hex(byte[] bytes) {
		return HexFormat.of().formatHex(bytes);
	}

}
