package dev.mtls.boot.test;

import org.jspecify.annotations.Nullable;

import dev.mtls.test.Flaw;

/**
 * Who calls the application in a test.
 */
public enum TestPeer {

	/**
	 * Its certificate is right.
	 */
	TRUSTED(null),

	/**
	 * It has no certificate.
	 */
	WITHOUT_CERTIFICATE(null),

	/**
	 * Its certificate is revoked.
	 */
	REVOKED(null),

	/**
	 * Another authority issued its certificate.
	 */
	UNTRUSTED(Flaw.OTHER_AUTHORITY),

	/**
	 * Its certificate is its own issuer.
	 */
	SELF_SIGNED(Flaw.SELF_SIGNED),

	/**
	 * Its certificate comes without the intermediate that issued it.
	 */
	MISSING_INTERMEDIATE(Flaw.MISSING_INTERMEDIATE),

	/**
	 * The validity of its certificate ended yesterday.
	 */
	EXPIRED(Flaw.EXPIRED),

	/**
	 * The validity of its certificate begins tomorrow.
	 */
	NOT_YET_VALID(Flaw.NOT_YET_VALID),

	/**
	 * Its certificate is for servers only.
	 */
	WRONG_KEY_USAGE(Flaw.WRONG_EXTENDED_KEY_USAGE),

	/**
	 * Its key is RSA with 1024 bits.
	 */
	WEAK_KEY(Flaw.WEAK_KEY),

	/**
	 * Its certificate is right but for its name, {@code wrong.example}: an application
	 * without rules lets it in.
	 */
	WRONG_NAME(Flaw.WRONG_NAME);

	private final @Nullable Flaw flaw;

	TestPeer(@Nullable Flaw flaw) {
		this.flaw = flaw;
	}

	@Nullable Flaw flaw() {
		return this.flaw;
	}

}
