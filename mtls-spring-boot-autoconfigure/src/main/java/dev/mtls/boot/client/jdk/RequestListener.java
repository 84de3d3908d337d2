package dev.mtls.boot.client.jdk;

/**
 * Is told how a request of a {@link GatedHttpClient} ends.
 */
public interface RequestListener {

	/**
	 * The request has failed.
	 * @param failure why, which the caller is not told yet
	 */
	void failed(Throwable failure);

	/**
	 * The request has failed or the body of its response has ended. Called once.
	 */
	void ended();

}
