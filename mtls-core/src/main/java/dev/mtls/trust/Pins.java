package dev.mtls.trust;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.cert.CertificateEncodingException;
import java.security.cert.X509Certificate;
import java.util.Base64;
import java.util.Collection;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;

import dev.mtls.decision.Decision;
import dev.mtls.decision.MtlsException;
import dev.mtls.decision.Reason;

/**
 * Keys and certificates of which a path must hold one, besides every other rule. A pin
 * holds for the peer's own certificate and for every CA of the path, the anchor included.
 *
 * @param keyDigests SHA-256 digests of SubjectPublicKeyInfos, in lower-case hexadecimal
 * digits
 * @param fingerprints SHA-256 fingerprints of certificates, in lower-case hexadecimal
 * digits
 */
public record Pins(Set<String> keyDigests, Set<String> fingerprints) {

	/**
	 * No pins: every path passes.
	 */
	public static final Pins NONE = new Pins(Set.of(), Set.of());

	private static final String KEY = "spki-sha256:";

	private static final String CERTIFICATE = "cert-sha256:";

	private static final int DIGEST_LENGTH = 32;

	private static final Pattern HEX = Pattern.compile("[0-9a-fA-F]{64}|[0-9a-fA-F]{2}(?::[0-9a-fA-F]{2}){31}");

	/**
	 * Create pins with copies of the digests and fingerprints.
	 */
	public Pins {
		keyDigests = Set.copyOf(keyDigests);
		fingerprints = Set.copyOf(fingerprints);
	}

	/**
	 * Parse pins.
	 * @param pins the pins, each {@code spki-sha256:} and Base64 or hexadecimal digits,
	 * or {@code cert-sha256:} and hexadecimal digits, which colons may separate
	 * @return the pins
	 * @throws MtlsException with {@link Reason#RULE_INVALID} if one of them is neither,
	 * with {@link Reason#RULES_EMPTY} if there is none
	 */
	public static Pins parse(Collection<String> pins) {
		if (pins.isEmpty()) {
			throw new MtlsException(Reason.RULES_EMPTY, "pins", "it is set but holds no pin",
					"add a pin, or remove the property");
		}
		Set<String> keyDigests = new HashSet<>();
		Set<String> fingerprints = new HashSet<>();
		for (String pin : pins) {
			if (pin.startsWith(KEY)) {
				keyDigests.add(keyDigest(pin));
			}
			else if (pin.startsWith(CERTIFICATE)) {
				fingerprints.add(fingerprint(pin));
			}
			else {
				throw invalid(pin, "it is no pin");
			}
		}
		return new Pins(keyDigests, fingerprints);
	}

	/**
	 * Decide whether a path holds a pin.
	 * @param path the path
	 * @return {@code Allow}, or {@code Deny} with {@link Reason#PIN_MISMATCH}
	 */
	public Decision admit(VerifiedPath path) {
		if (this.keyDigests.isEmpty() && this.fingerprints.isEmpty()) {
			return new Decision.Allow("no pins");
		}
		for (Digests digests : path.digests()) {
			if (this.keyDigests.contains(digests.key()) || this.fingerprints.contains(digests.certificate())) {
				return new Decision.Allow("pins");
			}
		}
		return new Decision.Deny(Reason.PIN_MISMATCH, "no key or certificate of the path of %s is pinned; its own is %s"
			.formatted(path.identity().displayName(), KEY + base64(path.digests().get(0).key())));
	}

	private static String keyDigest(String pin) {
		String value = pin.substring(KEY.length());
		if (HEX.matcher(value).matches()) {
			return hexDigits(value);
		}
		try {
			byte[] digest = Base64.getDecoder().decode(value);
			return HexFormat.of().formatHex(checked(pin, digest));
		}
		catch (IllegalArgumentException ex) {
			throw invalid(pin, "what follows the colon is no Base64");
		}
	}

	private static String fingerprint(String pin) {
		try {
			String digits = hexDigits(pin.substring(CERTIFICATE.length()));
			return HexFormat.of().formatHex(checked(pin, HexFormat.of().parseHex(digits)));
		}
		catch (IllegalArgumentException ex) {
			throw invalid(pin, "what follows the colon are no hexadecimal digits");
		}
	}

	private static String hexDigits(String value) {
		return value.replace(":", "").toLowerCase(Locale.ROOT);
	}

	private static byte[] checked(String pin, byte[] digest) {
		if (digest.length != DIGEST_LENGTH) {
			throw invalid(pin, "it holds %d bytes, a SHA-256 digest has %d".formatted(digest.length, DIGEST_LENGTH));
		}
		return digest;
	}

	private static String base64(String hex) {
		return Base64.getEncoder().encodeToString(HexFormat.of().parseHex(hex));
	}

	private static MtlsException invalid(String pin, String problem) {
		return new MtlsException(Reason.RULE_INVALID, "'%s'".formatted(pin), problem,
				"write spki-sha256: and the Base64 or hexadecimal digits of a key's digest, or cert-sha256: and the hexadecimal digits of a certificate's fingerprint");
	}

	/**
	 * The digests of one certificate.
	 *
	 * @param key of its SubjectPublicKeyInfo
	 * @param certificate of itself
	 */
	record Digests(String key, String certificate) {

		static List<Digests> of(Collection<X509Certificate> certificates) {
			return certificates.stream().map(Digests::of).toList();
		}

		private static Digests of(X509Certificate certificate) {
			try {
				MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
				return new Digests(HexFormat.of().formatHex(sha256.digest(certificate.getPublicKey().getEncoded())),
						HexFormat.of().formatHex(sha256.digest(certificate.getEncoded())));
			}
			catch (NoSuchAlgorithmException | CertificateEncodingException ex) {
				throw new IllegalStateException("A certificate cannot be hashed", ex);
			}
		}

	}

}
