package dev.mtls.boot.client.jdk;

import java.io.IOException;
import java.net.URI;

import javax.net.ssl.SSLException;

import org.jspecify.annotations.Nullable;
import org.springframework.http.client.ClientHttpRequest;
import org.springframework.http.client.ClientHttpResponse;

import dev.mtls.boot.client.gate.ClientGeneration;
import dev.mtls.boot.client.gate.DelegatingRequest;
import dev.mtls.decision.Decision;

/**
 * {@link Exchange} on a thread that waits: its thread is interrupted while it waits for
 * the response, and the body is closed while it is read.
 */
final class CuttableRequest extends DelegatingRequest implements Exchange {

	private final GatedConnections connections;

	private @Nullable Thread waiting;

	private @Nullable CuttableResponse response;

	private @Nullable SSLException failure;

	CuttableRequest(ClientHttpRequest request, GatedConnections connections) {
		super(request);
		this.connections = connections;
	}

	@Override
	public ClientHttpResponse execute() throws IOException {
		this.connections.begin(this);
		try {
			waits(Thread.currentThread());
			return answered(new CuttableResponse(this.request.execute(), this));
		}
		catch (IOException ex) {
			throw failure(ex);
		}
		catch (RuntimeException ex) {
			throw failure(ex);
		}
	}

	@Override
	public URI uri() {
		return getURI();
	}

	@Override
	public void cut(Decision.Deny denial) {
		CuttableResponse response;
		synchronized (this) {
			this.failure = ClientGeneration.refused(uri().getAuthority(), denial);
			if (this.waiting != null) {
				this.waiting.interrupt();
			}
			response = this.response;
		}
		if (response != null) {
			response.cut();
		}
	}

	void ended() {
		this.connections.end(this);
	}

	private synchronized void waits(Thread thread) {
		this.waiting = thread;
		if (this.failure != null) {
			thread.interrupt();
		}
	}

	private synchronized ClientHttpResponse answered(CuttableResponse response) throws IOException {
		wakes();
		this.response = response;
		if (this.failure != null) {
			response.cut();
			throw this.failure;
		}
		return response;
	}

	private synchronized <E extends Exception> E failure(E failure) throws SSLException {
		ended();
		wakes();
		if (this.failure != null && this.failure != failure) {
			this.failure.addSuppressed(failure);
			throw this.failure;
		}
		return failure;
	}

	// The interrupt was for the exchange, and must not reach what the thread does next
	private void wakes() {
		if (this.waiting != null && this.failure != null) {
			Thread.interrupted();
		}
		this.waiting = null;
	}

}
