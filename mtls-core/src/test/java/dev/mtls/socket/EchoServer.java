package dev.mtls.socket;

import java.util.function.UnaryOperator;

import dev.mtls.authority.IssuedCertificate;

/**
 * A server that sends back what it is sent.
 */
final class EchoServer implements AutoCloseable {

	final Events events = new Events();

	final MtlsContext context;

	final MtlsListener listener;

	private final Thread thread;

	private EchoServer(MtlsContextBuilder builder) {
		this.context = builder.onEvent(this.events).build();
		this.listener = this.context.listen("127.0.0.1:0");
		this.thread = new Thread(() -> this.listener.serve(Parties::echo), "echo");
		this.thread.setDaemon(true);
		this.thread.start();
	}

	static EchoServer start() {
		return start(UnaryOperator.identity());
	}

	static EchoServer start(UnaryOperator<MtlsContextBuilder> customizer) {
		return start(Parties.SERVER, customizer);
	}

	static EchoServer start(IssuedCertificate issued, UnaryOperator<MtlsContextBuilder> customizer) {
		return new EchoServer(customizer.apply(Parties.builder(issued)));
	}

	String target() {
		return Parties.target(this.listener);
	}

	@Override
	public void close() {
		this.context.close();
		try {
			this.thread.join(Parties.BOUND.toMillis());
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
		if (this.thread.isAlive()) {
			throw new AssertionError("The listener is closed, but still served");
		}
	}

}
