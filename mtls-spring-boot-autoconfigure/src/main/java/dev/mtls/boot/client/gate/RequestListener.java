package dev.mtls.boot.client.gate;

import java.net.URI;

/**
 * Is told how a request ends.
 */
public interface RequestListener {

	/**
	 * The request has failed.
	 * @param uri where it was sent to
	 * @param failure why, which the caller is not told yet
	 */
	void failed(URI uri, Throwable failure);

	/**
	 * The request has failed or the body of its response has ended. Called once.
	 */
	void ended();

}
