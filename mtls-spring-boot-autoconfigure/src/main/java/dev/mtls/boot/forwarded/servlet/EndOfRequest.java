package dev.mtls.boot.forwarded.servlet;

import jakarta.servlet.AsyncEvent;
import jakarta.servlet.AsyncListener;

import dev.mtls.gate.LiveConnection;

/**
 * Tells the gate when a request ends whose filters have returned before.
 */
final class EndOfRequest implements AsyncListener {

	private final LiveConnection request;

	EndOfRequest(LiveConnection request) {
		this.request = request;
	}

	/**
	 * Called in the end, after a time-out and an error too.
	 */
	@Override
	public void onComplete(AsyncEvent event) {
		this.request.closed();
	}

	@Override
	public void onTimeout(AsyncEvent event) {
	}

	@Override
	public void onError(AsyncEvent event) {
	}

	/**
	 * Listeners are forgotten when the request begins to be asynchronous once more
	 * (Jakarta Servlet, section 2.3.3.3).
	 */
	@Override
	public void onStartAsync(AsyncEvent event) {
		event.getAsyncContext().addListener(this);
	}

}
