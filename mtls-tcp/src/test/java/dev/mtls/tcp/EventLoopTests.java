package dev.mtls.tcp;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.net.Socket;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

import javax.net.ssl.SSLSocket;

import io.netty.channel.Channel;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;
import reactor.netty.resources.LoopResources;
import reactor.netty.tcp.TcpResources;

import dev.mtls.tcp.client.MtlsTcpClient;
import dev.mtls.tcp.netty.HalfCloseLoops;
import dev.mtls.tcp.server.MtlsTcpServer;
import dev.mtls.tcp.server.TcpListener;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for the event loops that servers and clients run on.
 */
class EventLoopTests {

	private final Site site = new Site();

	private final LoopResources own = LoopResources.create("own", 1, true);

	private MtlsTcpServer server;

	@BeforeEach
	void create() {
		this.server = MtlsTcpServer.create(this.site.serverGate());
	}

	@AfterEach
	void close() {
		this.site.close();
		this.own.disposeLater(Duration.ZERO, Duration.ofSeconds(10)).block();
	}

	@Test
	void handlerThatBlocksFails() {
		CompletableFuture<Throwable> failure = new CompletableFuture<>();
		TcpListener listener = this.site.listen(this.server
			.handle((connection) -> Mono.fromRunnable(EventLoopTests::block).then().doOnError(failure::complete)));
		Site.get(client(listener).connect());
		assertThat(get(failure)).isInstanceOf(IllegalStateException.class).hasMessageContaining("blocking");
	}

	@Test
	void userOfClientWhoBlocksFails() {
		TcpListener listener = this.site.listen(this.server.handle((connection) -> Site.send(connection, "x")));
		TcpConnection client = Site.get(client(listener).connect());
		assertThat(Site.failure(client.receive().doOnNext((bytes) -> block())))
			.isInstanceOf(IllegalStateException.class)
			.hasMessageContaining("blocking");
		client.close();
	}

	@Test
	void clientThatHandlerConnectsStaysOnItsEventLoop() {
		TcpListener target = this.site.echo(TlsEngine.preferred());
		CompletableFuture<Boolean> same = new CompletableFuture<>();
		TcpListener listener = this.site.listen(this.server.handle((connection) -> client(target).connect()
			.doOnNext((client) -> same.complete(channel(client).eventLoop() == channel(connection).eventLoop()))
			.doOnNext(TcpConnection::close)
			.then()));
		Site.get(client(listener).connect());
		assertThat(get(same)).isTrue();
	}

	@Test
	void serverAndClientRunOnSharedEventLoops() {
		EventLoopGroup shared = HalfCloseLoops.shared().onServer(true);
		Ends ends = connect(this.server, this::client);
		assertThat(shared).contains(ends.server().eventLoop(), ends.client().eventLoop());
	}

	@Test
	void serverAndClientRunOnEventLoopsOfOnesOwn() {
		EventLoopGroup own = this.own.onServer(true);
		Ends ends = connect(this.server.runOn(this.own), (listener) -> client(listener).runOn(this.own));
		assertThat(own).contains(ends.server().eventLoop(), ends.client().eventLoop());
		ends = connect(this.server.customize((server) -> server.runOn(this.own)),
				(listener) -> client(listener).customize((client) -> client.runOn(this.own)));
		assertThat(own).contains(ends.server().eventLoop(), ends.client().eventLoop());
	}

	@Test
	void serverAndClientRunOnNioWhereNativeIsNotPreferred() {
		Ends ends = connect(this.server.customize((server) -> server.runOn(TcpResources.get(), false)),
				(listener) -> client(listener).customize((client) -> client.runOn(TcpResources.get(), false)));
		assertThat(ends.server()).isInstanceOf(NioSocketChannel.class);
		assertThat(ends.client()).isInstanceOf(NioSocketChannel.class);
	}

	@Test
	void sharedEventLoopsStayWhenTheyAreDisposedOf() {
		LoopResources shared = HalfCloseLoops.shared();
		shared.dispose();
		Site.end(shared.disposeLater(Duration.ZERO, Duration.ofSeconds(1)));
		assertThat(shared.isDisposed()).isFalse();
		assertThat(shared.daemon()).isTrue();
		TcpConnection client = Site.get(client(this.site.echo(TlsEngine.preferred())).connect());
		assertThat(Site.exchange(client, "still here")).isEqualTo("still here");
		client.close();
	}

	@Test
	void eventLoopSleepsWhenPeerResetsAfterItClosedItsOutput() throws IOException {
		CompletableFuture<TcpConnection> waiting = new CompletableFuture<>();
		CompletableFuture<Thread> eventLoop = new CompletableFuture<>();
		TcpListener listener = this.site
			.listen(this.server.handle((connection) -> connection.receive().then().doOnSuccess((ignored) -> {
				eventLoop.complete(Thread.currentThread());
				waiting.complete(connection);
			}).then(Mono.never())));
		Socket below = PlainClient.connect(listener.port());
		SSLSocket client = PlainClient
			.tls(this.site.authority().client("orders.example.com").sslContext(this.site.authority()), below);
		client.startHandshake();
		client.shutdownOutput();
		// A FIN may have followed by itself
		if (!below.isOutputShutdown()) {
			below.shutdownOutput();
		}
		if (channel(get(waiting)) instanceof EpollSocketChannel channel) {
			Site.await(channel::isInputShutdown);
		}
		below.setSoLinger(true, 0);
		below.close();
		awaitIdle(get(eventLoop));
		get(waiting).reset();
	}

	private static void awaitIdle(Thread thread) {
		ThreadMXBean threads = ManagementFactory.getThreadMXBean();
		long[] last = { System.nanoTime(), threads.getThreadCpuTime(thread.getId()) };
		Site.await(() -> {
			if (System.nanoTime() - last[0] < Duration.ofMillis(500).toNanos()) {
				return false;
			}
			long used = threads.getThreadCpuTime(thread.getId()) - last[1];
			last[0] = System.nanoTime();
			last[1] += used;
			return used < Duration.ofMillis(20).toNanos();
		});
	}

	private Ends connect(MtlsTcpServer server, Function<TcpListener, MtlsTcpClient> client) {
		CompletableFuture<Channel> accepted = new CompletableFuture<>();
		TcpListener listener = this.site.listen(server.handle((connection) -> {
			accepted.complete(channel(connection));
			return connection.receive().then();
		}));
		TcpConnection connected = Site.get(client.apply(listener).connect());
		Ends ends = new Ends(get(accepted), channel(connected));
		connected.close();
		Site.await(() -> listener.connections() == 0);
		return ends;
	}

	private static void block() {
		Mono.delay(Duration.ofMillis(1)).block();
	}

	private MtlsTcpClient client(TcpListener listener) {
		return this.site.client(listener, "orders.example.com");
	}

	private static Channel channel(TcpConnection connection) {
		return connection.unwrap().channel();
	}

	private static <T> T get(CompletableFuture<T> future) {
		return future.orTimeout(10, TimeUnit.SECONDS).join();
	}

	/**
	 * The two ends of a connection.
	 *
	 * @param server that of the server
	 * @param client that of the client
	 */
	private record Ends(Channel server, Channel client) {
	}

}
