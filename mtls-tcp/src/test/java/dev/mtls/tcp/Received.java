package dev.mtls.tcp;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

import org.jspecify.annotations.Nullable;

/**
 * Receives all that the peer of a connection sends, as text.
 */
public final class Received {

	private volatile String text = "";

	private final CountDownLatch ended = new CountDownLatch(1);

	private volatile @Nullable Throwable failure;

	public Received(TcpConnection connection) {
		connection.receive().asString().scan("", String::concat).subscribe((all) -> this.text = all, (failure) -> {
			this.failure = failure;
			this.ended.countDown();
		}, this.ended::countDown);
	}

	/**
	 * What was received so far.
	 * @return the text
	 */
	public String text() {
		return this.text;
	}

	/**
	 * Wait until something was received.
	 * @param expected all that is expected so far
	 */
	public void await(String expected) {
		Site.await(() -> text().equals(expected));
	}

	/**
	 * Wait for the end of the input, 10 seconds at most.
	 * @return the failure it ended with, or {@code null} if it just ended
	 */
	public @Nullable Throwable end() {
		try {
			if (!this.ended.await(10, TimeUnit.SECONDS)) {
				throw new AssertionError("The input does not end; received: " + text());
			}
		}
		catch (InterruptedException ex) {
			throw new IllegalStateException(ex);
		}
		return this.failure;
	}

	public boolean isEnded() {
		return this.ended.getCount() == 0;
	}

}
