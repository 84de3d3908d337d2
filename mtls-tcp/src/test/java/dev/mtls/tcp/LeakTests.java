package dev.mtls.tcp;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.util.ResourceLeakDetector;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import reactor.core.publisher.Mono;

import dev.mtls.tcp.client.MtlsTcpClient;
import dev.mtls.tcp.server.MtlsTcpServer;
import dev.mtls.tcp.server.TcpListener;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests that buffers are released, and that it would be seen if they were not.
 */
class LeakTests {

	private final Site site = new Site();

	@AfterEach
	void close() {
		this.site.close();
	}

	@Test
	void leakIsReported() {
		assertThat(ResourceLeakDetector.getLevel()).isEqualTo(ResourceLeakDetector.Level.PARANOID);
		PooledByteBufAllocator allocator = new PooledByteBufAllocator(false);
		assertThat(allocator.heapBuffer(16).isReadable()).isFalse();
		Site.await(() -> {
			collect(allocator);
			return !Leaks.take().isEmpty();
		});
	}

	@ParameterizedTest
	@EnumSource
	void buffersOfConnectionsThatEndInAnyWayAreReleased(TlsEngine engine) {
		TcpListener listener = this.site.listen(MtlsTcpServer.create(this.site.serverGate())
			.engine(engine)
			.handle((connection) -> Site.send(connection, "greeting".repeat(10_000)).then(Mono.never())));
		MtlsTcpClient client = this.site.client(listener, "orders.example.com").engine(engine);
		for (int i = 0; i < 20; i++) {
			TcpConnection unread = Site.get(client.connect());
			Site.end(Site.send(unread, "nobody reads this"));
			TcpConnection cancelled = Site.get(client.connect());
			assertThat(Site.get(cancelled.receive().asString().next())).startsWith("greeting");
			unread.close();
			cancelled.close();
		}
		this.site.killSwitch().set(true);
		Site.await(() -> listener.connections() == 0);
		PooledByteBufAllocator allocator = new PooledByteBufAllocator(false);
		for (int i = 0; i < 5; i++) {
			collect(allocator);
		}
		Leaks.check();
	}

	// Netty reports when it makes the next buffer
	private static void collect(PooledByteBufAllocator allocator) {
		System.gc();
		ByteBuf buffer = allocator.heapBuffer(16);
		buffer.release();
	}

}
