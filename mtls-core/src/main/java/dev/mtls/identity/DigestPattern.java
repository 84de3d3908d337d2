package dev.mtls.identity;

import java.util.Base64;
import java.util.HexFormat;
import java.util.Locale;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;

/**
 * A rule for the SHA-256 digest of a certificate or of its key.
 *
 * @param subject what the digest is of
 * @param digest the digest in lower-case hexadecimal digits
 */
record DigestPattern(Subject subject, String digest) implements IdentityPattern {

	private static final int DIGEST_LENGTH = 32;

	private static final Pattern HEX = Pattern.compile("[0-9a-fA-F]{64}|[0-9a-fA-F]{2}(?::[0-9a-fA-F]{2}){31}");

	static DigestPattern parse(String rule, Subject subject, String value) {
		if (HEX.matcher(value).matches()) {
			return new DigestPattern(subject, value.replace(":", "").toLowerCase(Locale.ROOT));
		}
		String digest = (subject == Subject.KEY) ? hexOfBase64(value) : null;
		if (digest == null) {
			throw RuleSyntax.invalid(rule, "It is no SHA-256 digest", switch (subject) {
				case CERTIFICATE -> "Write 64 hexadecimal digits, with or without colons between the bytes";
				case KEY -> "Write 44 characters of Base64, the last of them '=', or 64 hexadecimal digits";
			});
		}
		return new DigestPattern(subject, digest);
	}

	private static @Nullable String hexOfBase64(String value) {
		try {
			byte[] digest = Base64.getDecoder().decode(value);
			// The last character has two bits that decoders ignore (RFC 4648, section
			// 3.5)
			boolean canonical = Base64.getEncoder().encodeToString(digest).equals(value);
			return (canonical && digest.length == DIGEST_LENGTH) ? HexFormat.of().formatHex(digest) : null;
		}
		catch (IllegalArgumentException ex) {
			return null;
		}
	}

	@Override
	public boolean matches(PeerIdentity peer) {
		return this.digest.equals(switch (this.subject) {
			case CERTIFICATE -> peer.fingerprint();
			case KEY -> peer.keyDigest();
		});
	}

	@Override
	public String toString() {
		return switch (this.subject) {
			case CERTIFICATE -> "sha256:" + this.digest;
			case KEY -> "spki-sha256:" + Base64.getEncoder().encodeToString(HexFormat.of().parseHex(this.digest));
		};
	}

	/**
	 * What a digest is of.
	 */
	enum Subject {

		/**
		 * The DER of the certificate.
		 */
		CERTIFICATE,

		/**
		 * The DER of the certificate's SubjectPublicKeyInfo.
		 */
		KEY

	}

}
