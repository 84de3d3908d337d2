package dev.mtls.benchmarks;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

import javax.net.ssl.ManagerFactoryParameters;
import javax.net.ssl.SSLException;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509TrustManager;

import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslProvider;
import io.netty.handler.ssl.util.SimpleTrustManagerFactory;

/**
 * Clients that make handshakes, and connections that stay, at little cost of their own:
 * they trust any server.
 */
final class TcpPeers implements AutoCloseable {

	private final EventLoopGroup loops = new MultiThreadIoEventLoopGroup(1, EpollIoHandler.newFactory());

	private final AtomicInteger fullHandshakes = new AtomicInteger();

	private final List<Channel> standing = new ArrayList<>();

	private final SslContext context;

	private final boolean resuming;

	TcpPeers(Path certificate, Path privateKey, boolean resuming) throws SSLException {
		this.resuming = resuming;
		this.context = SslContextBuilder.forClient()
			.sslProvider(SslProvider.OPENSSL)
			.keyManager(certificate.toFile(), privateKey.toFile())
			.trustManager(new Counting())
			.endpointIdentificationAlgorithm(null)
			.protocols("TLSv1.3")
			.build();
	}

	/**
	 * Make connections, each of which is closed after its handshake and one byte that
	 * comes back.
	 * @param port the port of the server
	 * @param count how many
	 * @param concurrent how many at a time
	 */
	void handshakes(int port, int count, int concurrent) throws InterruptedException {
		run(port, count, concurrent, false);
	}

	/**
	 * Make connections that stay.
	 * @param port the port of the server
	 * @param count how many
	 */
	void stand(int port, int count) throws InterruptedException {
		run(port, count, 32, true);
	}

	/**
	 * How many handshakes were full ones.
	 * @return the number since this was made
	 */
	int fullHandshakes() {
		return this.fullHandshakes.get();
	}

	@Override
	public void close() {
		this.standing.forEach((channel) -> channel.close().syncUninterruptibly());
		this.loops.shutdownGracefully(0, 1, TimeUnit.SECONDS).syncUninterruptibly();
	}

	private void run(int port, int count, int concurrent, boolean stay) throws InterruptedException {
		Semaphore permits = new Semaphore(concurrent);
		AtomicInteger failures = new AtomicInteger();
		Bootstrap bootstrap = new Bootstrap().group(this.loops)
			.channel(EpollSocketChannel.class)
			.handler(new ChannelInitializer<>() {

				@Override
				protected void initChannel(Channel channel) {
					SslHandler handler = TcpPeers.this.resuming
							? TcpPeers.this.context.newHandler(channel.alloc(), "localhost", port)
							: TcpPeers.this.context.newHandler(channel.alloc());
					channel.pipeline().addLast(handler, new OneByte(permits, failures, stay));
				}

			});
		for (int i = 0; i < count; i++) {
			permits.acquire();
			Channel channel = bootstrap.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port))
				.sync()
				.channel();
			if (stay) {
				this.standing.add(channel);
			}
		}
		permits.acquire(concurrent);
		if (failures.get() > 0) {
			throw new IllegalStateException("%d of %d connections failed".formatted(failures.get(), count));
		}
	}

	/**
	 * Trusts any server, and counts full handshakes, in which alone it is asked.
	 */
	private final class Counting extends SimpleTrustManagerFactory {

		@Override
		protected void engineInit(KeyStore keyStore) {
		}

		@Override
		protected void engineInit(ManagerFactoryParameters parameters) {
		}

		@Override
		protected TrustManager[] engineGetTrustManagers() {
			return new TrustManager[] { new X509TrustManager() {

				@Override
				public void checkClientTrusted(X509Certificate[] chain, String authType) throws CertificateException {
					throw new CertificateException("This is a client");
				}

				@Override
				public void checkServerTrusted(X509Certificate[] chain, String authType) {
					TcpPeers.this.fullHandshakes.incrementAndGet();
				}

				@Override
				public X509Certificate[] getAcceptedIssuers() {
					return new X509Certificate[0];
				}

			} };
		}

	}

}
