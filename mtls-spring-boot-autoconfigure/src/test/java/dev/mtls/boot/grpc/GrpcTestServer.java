package dev.mtls.boot.grpc;

import java.io.IOException;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;

import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.SSLSocket;

import io.grpc.Attributes;
import io.grpc.ForwardingServerBuilder;
import io.grpc.Grpc;
import io.grpc.ServerBuilder;
import io.grpc.ServerInterceptor;
import io.grpc.ServerTransportFilter;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.ssl.DefaultSslBundleRegistry;
import org.springframework.boot.ssl.SslManagerBundle;

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
 * What {@link MtlsGrpcServerCustomizer} adds to a gRPC server, over TLS sockets that use
 * the managers of the bundle as such a server does. There are no HTTP/2 frames: a call is
 * begun by the test.
 */
final class GrpcTestServer implements AutoCloseable {

	private static final String BUNDLE = "mtls-server";

	private final TestAuthority authority = TestAuthority.create();

	private final List<MtlsEvent> events = new CopyOnWriteArrayList<>();

	private final KillSwitch killSwitch = new KillSwitch(false);

	private final GateWalker walker = new GateWalker();

	private final Gate gate;

	private final SSLServerSocket listener;

	private final Builder builder = new Builder();

	private volatile @Nullable Rules rules;

	GrpcTestServer(boolean certificateRequired, @Nullable List<String> allowedNetworks) throws Exception {
		TestCertificate certificate = this.authority.server();
		SnapshotLocations locations = SnapshotLocations.builder("mtls.server")
			.pem(certificate.chainPem(), certificate.privateKeyPem(), null)
			.trustCertificates(List.of(this.authority.anchorPem()))
			.allowedNetworks(allowedNetworks)
			.build();
		this.gate = Gate.builder(GateSettings.server(certificateRequired, TlsProfile.defaults()), locations)
			.events(this.events::add)
			.killSwitch(this.killSwitch)
			.executor(this.walker::execute)
			.rules((configured) -> (this.rules != null) ? this.rules : configured)
			.open();
		this.walker.add(this.gate);
		this.listener = listen();
		new MtlsGrpcServerCustomizer<Builder>(this.gate, false).customize(this.builder);
	}

	private SSLServerSocket listen() throws Exception {
		SslManagerBundle managers = new DefaultSslBundleRegistry(BUNDLE, new GateSslBundle(BUNDLE, () -> this.gate))
			.getBundle(BUNDLE)
			.getManagers();
		SSLContext context = SSLContext.getInstance("TLS");
		context.init(managers.getKeyManagers(), managers.getTrustManagers(), null);
		SSLServerSocket socket = (SSLServerSocket) context.getServerSocketFactory()
			.createServerSocket(0, 1, InetAddress.getLoopbackAddress());
		socket.setWantClientAuth(true);
		return socket;
	}

	/**
	 * Connect a client, up to the end of the handshake.
	 * @param client the TLS of the client, which resumes its session where it has one
	 * @return the server's end
	 * @throws Exception if the handshake fails
	 */
	SSLSocket connect(SSLContext client) throws Exception {
		try (SSLSocket socket = (SSLSocket) client.getSocketFactory()
			.createSocket(this.listener.getInetAddress(), this.listener.getLocalPort())) {
			socket.setSoTimeout(10_000);
			// Its session is one that can be compared
			socket.setEnabledProtocols(new String[] { "TLSv1.2" });
			Thread handshake = new Thread(() -> {
				try {
					socket.startHandshake();
				}
				catch (Exception ex) {
					// The server's end fails as well
				}
			});
			handshake.start();
			SSLSocket accepted = (SSLSocket) this.listener.accept();
			accepted.setSoTimeout(10_000);
			accepted.startHandshake();
			handshake.join();
			return accepted;
		}
	}

	Attributes ready(SSLContext client) throws Exception {
		return ready(connect(client));
	}

	Attributes ready(SSLSocket accepted) {
		return ready(Attributes.newBuilder()
			.set(Grpc.TRANSPORT_ATTR_REMOTE_ADDR, accepted.getRemoteSocketAddress())
			.set(Grpc.TRANSPORT_ATTR_SSL_SESSION, accepted.getSession())
			.build());
	}

	Attributes ready(Attributes attributes) {
		return Objects.requireNonNull(this.builder.filter).transportReady(attributes);
	}

	void terminated(@Nullable Attributes attributes) {
		Objects.requireNonNull(this.builder.filter).transportTerminated(attributes);
	}

	TestCall call(Attributes attributes) {
		TestCall call = new TestCall(attributes);
		call.begin(Objects.requireNonNull(this.builder.interceptor));
		return call;
	}

	SSLContext client(String name) {
		return this.authority.client(name).sslContext(this.authority);
	}

	SSLContext anonymous() {
		return this.authority.sslContext();
	}

	Gate gate() {
		return this.gate;
	}

	KillSwitch killSwitch() {
		return this.killSwitch;
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

	/**
	 * Look after no live connection any more.
	 */
	void stopWalking() {
		this.walker.close();
	}

	<E extends MtlsEvent> List<E> events(Class<E> type) {
		return this.events.stream().filter(type::isInstance).map(type::cast).toList();
	}

	@Override
	public void close() throws IOException {
		this.listener.close();
		this.walker.close();
	}

	/**
	 * Keeps what the customizer adds.
	 */
	static final class Builder extends ForwardingServerBuilder<Builder> {

		private @Nullable ServerTransportFilter filter;

		private @Nullable ServerInterceptor interceptor;

		@Override
		protected ServerBuilder<?> delegate() {
			throw new IllegalStateException("Nothing else is to be set");
		}

		@Override
		public Builder handshakeTimeout(long timeout, TimeUnit unit) {
			return this;
		}

		@Override
		public Builder addTransportFilter(ServerTransportFilter filter) {
			this.filter = filter;
			return this;
		}

		@Override
		public Builder intercept(ServerInterceptor interceptor) {
			this.interceptor = interceptor;
			return this;
		}

	}

}
