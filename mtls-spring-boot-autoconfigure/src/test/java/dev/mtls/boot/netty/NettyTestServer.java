package dev.mtls.boot.netty;

import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

import javax.net.ssl.SSLContext;

import io.netty.handler.ssl.SslProvider;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.reactor.netty.NettyReactiveWebServerFactory;
import org.springframework.boot.ssl.DefaultSslBundleRegistry;
import org.springframework.boot.web.server.Http2;
import org.springframework.boot.web.server.Shutdown;
import org.springframework.boot.web.server.WebServer;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.http.server.reactive.ServerHttpResponse;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

import dev.mtls.authority.KeyType;
import dev.mtls.boot.bundle.GateSslBundle;
import dev.mtls.boot.gate.GateWalker;
import dev.mtls.event.MtlsEvent;
import dev.mtls.gate.Gate;
import dev.mtls.gate.GateSettings;
import dev.mtls.gate.KillSwitch;
import dev.mtls.gate.Rules;
import dev.mtls.gate.SnapshotLocations;
import dev.mtls.identity.IdentityPattern;
import dev.mtls.policy.AccessPolicy;
import dev.mtls.test.TestAuthority;
import dev.mtls.test.TestCertificate;
import dev.mtls.tls.TlsProfile;

/**
 * A Reactor Netty server behind a gate, with the paths {@code /}, which answers,
 * {@code /stream}, which goes on answering, and {@code /ws}, a WebSocket.
 */
final class NettyTestServer implements AutoCloseable {

	private static final String BUNDLE = "mtls-server";

	private final TestAuthority authority = TestAuthority.create();

	private final List<MtlsEvent> events = new CopyOnWriteArrayList<>();

	private final AtomicInteger requests = new AtomicInteger();

	private final KillSwitch killSwitch = new KillSwitch(false);

	private final GateWalker walker = new GateWalker();

	private final Gate gate;

	private final WebServer server;

	private volatile @Nullable Rules rules;

	private volatile Duration offset = Duration.ZERO;

	NettyTestServer(SslProvider engine) {
		this(engine, true, TlsProfile.defaults(), null);
	}

	NettyTestServer(SslProvider engine, boolean certificateRequired, TlsProfile tls,
			@Nullable List<String> allowedNetworks) {
		this(engine, certificateRequired, tls, allowedNetworks, KeyType.EC_P256);
	}

	NettyTestServer(SslProvider engine, boolean certificateRequired, TlsProfile tls,
			@Nullable List<String> allowedNetworks, KeyType keyType) {
		TestCertificate certificate = this.authority.server((request) -> request.keyType(keyType));
		SnapshotLocations locations = SnapshotLocations.builder("mtls.server")
			.pem(certificate.chainPem(), certificate.privateKeyPem(), null)
			.trustCertificates(List.of(this.authority.anchorPem()))
			.allowedNetworks(allowedNetworks)
			.build();
		InstantSource clock = () -> Instant.now().plus(this.offset);
		this.gate = Gate
			.builder(GateSettings.server(certificateRequired, tls).withHandshakeTimeout(Duration.ofSeconds(1)),
					locations)
			.clock(clock)
			.events(this.events::add)
			.killSwitch(this.killSwitch)
			.executor(this.walker::execute)
			.rules((configured) -> (this.rules != null) ? this.rules : configured)
			.open();
		this.walker.add(this.gate);
		this.server = start(engine);
	}

	private WebServer start(SslProvider engine) {
		DefaultSslBundleRegistry bundles = new DefaultSslBundleRegistry(BUNDLE,
				new GateSslBundle(BUNDLE, () -> this.gate));
		NettyReactiveWebServerFactory factory = new NettyReactiveWebServerFactory(0);
		Http2 http2 = new Http2();
		http2.setEnabled(true);
		factory.setHttp2(http2);
		factory.setSslBundles(bundles);
		// As Spring Boot has it; with it HTTP/2 would let its streams finish
		factory.setShutdown(Shutdown.GRACEFUL);
		factory.addRouteProviders(
				(routes) -> routes.ws("/ws", (inbound, outbound) -> outbound.sendString(inbound.receive().asString())));
		new MtlsNettyCustomizer(this.gate, BUNDLE, null, engine).customize(factory);
		WebServer server = factory.getWebServer(this::handle);
		server.start();
		return server;
	}

	private Mono<Void> handle(ServerHttpRequest request, ServerHttpResponse response) {
		this.requests.incrementAndGet();
		if (!request.getPath().value().equals("/stream")) {
			return response.writeWith(Mono.just(text(response, "hello")));
		}
		return response.writeAndFlushWith(Flux.interval(Duration.ofMillis(20))
			.onBackpressureDrop()
			.map((tick) -> Mono.just(text(response, "tick\n"))));
	}

	private static DataBuffer text(ServerHttpResponse response, String text) {
		return response.bufferFactory().wrap(text.getBytes(StandardCharsets.UTF_8));
	}

	TestAuthority authority() {
		return this.authority;
	}

	SSLContext client(String name) {
		return this.authority.client(name).sslContext(this.authority);
	}

	Gate gate() {
		return this.gate;
	}

	KillSwitch killSwitch() {
		return this.killSwitch;
	}

	int port() {
		return this.server.getPort();
	}

	URI uri(String scheme, String path) {
		return URI.create("%s://localhost:%d%s".formatted(scheme, port(), path));
	}

	int requests() {
		return this.requests.get();
	}

	/**
	 * Look after no live connection any more.
	 */
	void stopWalking() {
		this.walker.close();
	}

	/**
	 * Allow these peers and no others from now on.
	 * @param names their names
	 */
	void allow(String... names) {
		List<IdentityPattern> patterns = new ArrayList<>();
		for (String name : names) {
			patterns.add(IdentityPattern.parse(name));
		}
		this.rules = Rules.of(new AccessPolicy(null, patterns));
		this.gate.reload();
	}

	void advance(Duration offset) {
		this.offset = offset;
	}

	<E extends MtlsEvent> List<E> events(Class<E> type) {
		return this.events.stream().filter(type::isInstance).map(type::cast).toList();
	}

	@Override
	public void close() {
		this.server.stop();
		this.server.destroy();
		this.walker.close();
	}

}
