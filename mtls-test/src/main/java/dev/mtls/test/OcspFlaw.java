package dev.mtls.test;

/**
 * What an {@link OcspResponder} can do wrong, one thing at a time. All else about its
 * answer is right. What a peer accepts nevertheless says so.
 */
public enum OcspFlaw {

	/**
	 * It reads the request and never answers.
	 */
	SILENT,

	/**
	 * It repeats another nonce than that of the request.
	 */
	WRONG_NONCE,

	/**
	 * It repeats no nonce, which is accepted unless a nonce is required.
	 */
	WITHOUT_NONCE,

	/**
	 * Its signature does not verify.
	 */
	WRONG_SIGNATURE,

	/**
	 * It signs with SHA-1.
	 */
	WEAK_SIGNATURE,

	/**
	 * It signs as a delegate that another authority certified.
	 */
	FOREIGN_DELEGATE,

	/**
	 * It signs as a delegate whose certificate is not for OCSP.
	 */
	WRONG_DELEGATE,

	/**
	 * It answers about another certificate.
	 */
	OTHER_CERTIFICATE,

	/**
	 * Its answer counted until an hour ago.
	 */
	STALE,

	/**
	 * Its answer is as of tomorrow.
	 */
	FUTURE,

	/**
	 * It sends bytes that are no answer.
	 */
	GARBAGE,

	/**
	 * It sends more than any answer has.
	 */
	HUGE,

	/**
	 * It says that it should be asked later.
	 */
	TRY_LATER,

	/**
	 * It redirects to itself.
	 */
	REDIRECT,

	/**
	 * It answers with the status 500.
	 */
	SERVER_ERROR

}
