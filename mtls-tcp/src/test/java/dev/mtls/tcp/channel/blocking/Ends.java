package dev.mtls.tcp.channel.blocking;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

import dev.mtls.socket.MtlsContext;
import dev.mtls.socket.MtlsContextBuilder;
import dev.mtls.test.TestAuthority;
import dev.mtls.test.TestCertificate;
import dev.mtls.tls.TlsProfile;

/**
 * Both ends of channels, with certificates of one authority.
 */
final class Ends implements AutoCloseable {

	static final long BOUND_SECONDS = 30;

	static final TestAuthority AUTHORITY = TestAuthority.create();

	static final TlsProfile SECURE_PROFILE = new TlsProfile(List.of("TLSv1.3"), List.of("TLS_AES_256_GCM_SHA384"),
			TlsProfile.canRestrictNamedGroups() ? List.of("x25519") : List.of());

	private final List<AutoCloseable> opened = new ArrayList<>();

	private final ExecutorService threads = Executors.newCachedThreadPool();

	private final MtlsContext server = context(AUTHORITY.server());

	private final MtlsContext client = context(AUTHORITY.client("alice.example.com"));

	static MtlsContextBuilder builder(TestCertificate certificate) {
		return MtlsContext.builder()
			.certificate(certificate.chainPem())
			.privateKey(certificate.privateKeyPem())
			.trustCertificates(AUTHORITY.anchorPem());
	}

	MtlsContext context(TestCertificate certificate) {
		return closed(builder(certificate).build());
	}

	MtlsContext clientContext() {
		return this.client;
	}

	BlockingChannels serverChannels(Way way) {
		return channels(way, this.server);
	}

	BlockingChannels clientChannels(Way way) {
		return channels(way, this.client);
	}

	static BlockingChannels channels(Way way, MtlsContext context) {
		return switch (way) {
			case SECURE -> BlockingChannels.secure(context, SECURE_PROFILE);
			case KEY_EXCHANGE -> BlockingChannels.unauthenticated();
			case KEY_EXCHANGE_IN_MTLS -> BlockingChannels.secure(context, SECURE_PROFILE).withKeyExchange();
		};
	}

	BlockingListener listen(BlockingChannels channels) {
		return closed(channels.listen("127.0.0.1:0"));
	}

	BlockingListener serve(BlockingChannels channels, BlockingChannelHandler handler) {
		return serve(listen(channels), handler);
	}

	BlockingListener serve(BlockingListener listener, BlockingChannelHandler handler) {
		this.threads.execute(() -> listener.serve(handler));
		return listener;
	}

	BlockingListener echo(Way way) {
		return serve(serverChannels(way), Ends::echo);
	}

	BlockingChannel connect(Way way, BlockingListener listener) {
		return closed(clientChannels(way).connect(target(listener)));
	}

	/**
	 * Two channels that are connected with each other.
	 * @param way how they are secured
	 * @return the channels
	 * @throws Exception if that fails
	 */
	Pair pair(Way way) throws Exception {
		return pair(serverChannels(way), clientChannels(way));
	}

	Pair pair(BlockingChannels server, BlockingChannels client) throws Exception {
		BlockingListener listener = listen(server);
		Future<BlockingChannel> connected = start(() -> {
			BlockingChannel channel = client.connect(target(listener));
			channel.send(new byte[] { 1 });
			return channel;
		});
		BlockingChannel accepted = closed(listener.accept());
		// Exchanges keys, for which the client waits
		Objects.requireNonNull(accepted.receive());
		return new Pair(accepted, closed(get(connected)));
	}

	<T> Future<T> start(Callable<T> task) {
		return this.threads.submit(task);
	}

	<T extends AutoCloseable> T closed(T closeable) {
		synchronized (this.opened) {
			this.opened.add(closeable);
		}
		return closeable;
	}

	static void echo(BlockingChannel channel) throws IOException {
		for (byte[] message = channel.receive(); message != null; message = channel.receive()) {
			channel.send(message);
		}
	}

	static String target(BlockingListener listener) {
		return "localhost:" + listener.port();
	}

	static <T> T get(Future<T> future) throws Exception {
		return future.get(BOUND_SECONDS, TimeUnit.SECONDS);
	}

	static Throwable failure(Future<?> future) throws Exception {
		try {
			throw new AssertionError("It came to " + get(future));
		}
		catch (ExecutionException ex) {
			return Objects.requireNonNull(ex.getCause());
		}
	}

	@Override
	public void close() {
		List<AutoCloseable> all;
		synchronized (this.opened) {
			all = new ArrayList<>(this.opened);
		}
		// At once, because each end of a channel waits for the other one
		List<Future<?>> closing = new ArrayList<>();
		all.stream()
			.filter(BlockingChannel.class::isInstance)
			.forEach((channel) -> closing.add(this.threads.submit(() -> closeQuietly(channel))));
		closing.forEach(Ends::await);
		for (int i = all.size() - 1; i >= 0; i--) {
			closeQuietly(all.get(i));
		}
		this.threads.shutdownNow();
	}

	private static void await(Future<?> future) {
		try {
			future.get(BOUND_SECONDS, TimeUnit.SECONDS);
		}
		catch (Exception ex) {
			throw new IllegalStateException(ex);
		}
	}

	private static void closeQuietly(AutoCloseable closeable) {
		try {
			closeable.close();
		}
		catch (Exception ex) {
			throw new IllegalStateException(ex);
		}
	}

	/**
	 * Two channels that are connected with each other.
	 *
	 * @param server the one that was accepted
	 * @param client the one that connected
	 */
	record Pair(BlockingChannel server, BlockingChannel client) {

	}

}
