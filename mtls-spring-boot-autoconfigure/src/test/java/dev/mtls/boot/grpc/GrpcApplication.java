package dev.mtls.boot.grpc;

import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

import io.grpc.BindableService;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.ServerServiceDefinition;
import io.grpc.Status;
import io.grpc.stub.ServerCalls;
import io.grpc.stub.StreamObserver;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.ssl.SslAutoConfiguration;
import org.springframework.boot.context.annotation.Configurations;
import org.springframework.boot.context.annotation.UserConfigurations;
import org.springframework.boot.grpc.client.autoconfigure.GrpcClientAutoConfiguration;
import org.springframework.boot.grpc.server.autoconfigure.GrpcServerAutoConfiguration;
import org.springframework.boot.test.util.TestPropertyValues;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.grpc.client.GrpcChannelFactory;
import org.springframework.grpc.server.lifecycle.GrpcServerLifecycle;

import dev.mtls.boot.autoconfigure.MtlsAutoConfiguration;
import dev.mtls.boot.autoconfigure.MtlsClientAutoConfiguration;
import dev.mtls.boot.autoconfigure.MtlsGrpcServerAutoConfiguration;
import dev.mtls.boot.autoconfigure.MtlsServerAutoConfiguration;
import dev.mtls.boot.event.ImmediateEventListener;
import dev.mtls.decision.Reason;
import dev.mtls.event.MtlsEvent;
import dev.mtls.gate.Gate;
import dev.mtls.gate.KillSwitch;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * An application with Spring Boot's own gRPC server, or with its channels.
 */
final class GrpcApplication implements AutoCloseable {

	/**
	 * Answered with the name of the caller.
	 */
	static final MethodDescriptor<String, String> WHO = method(MethodType.UNARY, "Who");

	/**
	 * Each message is sent back.
	 */
	static final MethodDescriptor<String, String> ECHO = method(MethodType.BIDI_STREAMING, "Echo");

	private final AnnotationConfigApplicationContext context = new AnnotationConfigApplicationContext();

	private final BlockingQueue<MtlsEvent.PeerRefused> refusals = new LinkedBlockingQueue<>();

	private GrpcApplication(Configurations configurations, List<String> properties) {
		TestPropertyValues.of(properties).and("mtls.reload.enabled=false").applyTo(this.context);
		this.context.registerBean(ImmediateEventListener.class, () -> this::note);
		this.context
			.register(Configurations.getClasses(configurations, UserConfigurations.of(TestServiceConfiguration.class)));
		this.context.refresh();
	}

	/**
	 * Start a server.
	 * @param properties its properties
	 * @return the application
	 */
	static GrpcApplication server(List<String> properties) {
		return new GrpcApplication(AutoConfigurations.of(MtlsAutoConfiguration.class, MtlsServerAutoConfiguration.class,
				MtlsGrpcServerAutoConfiguration.class, SslAutoConfiguration.class, GrpcServerAutoConfiguration.class),
				properties);
	}

	/**
	 * Start a client.
	 * @param properties its properties
	 * @return the application
	 */
	static GrpcApplication client(List<String> properties) {
		return new GrpcApplication(AutoConfigurations.of(MtlsAutoConfiguration.class, MtlsClientAutoConfiguration.class,
				SslAutoConfiguration.class, GrpcClientAutoConfiguration.class), properties);
	}

	/**
	 * A new channel, which is shut down with the application.
	 * @param server the server to call
	 * @return the channel
	 */
	TestChannel channel(GrpcApplication server) {
		return channel(server, "localhost");
	}

	TestChannel channel(GrpcApplication server, String host) {
		int port = server.context.getBean(GrpcServerLifecycle.class).getPort();
		return new TestChannel(
				this.context.getBean(GrpcChannelFactory.class).createChannel("%s:%d".formatted(host, port)));
	}

	void reload() {
		assertThat(this.context.getBean(Gate.class).reload()).isTrue();
	}

	KillSwitch killSwitch() {
		return this.context.getBean(KillSwitch.class);
	}

	/**
	 * Expect that a peer was refused.
	 * @param reason why
	 * @throws InterruptedException never
	 */
	void assertRefused(Reason reason) throws InterruptedException {
		MtlsEvent.PeerRefused refusal = this.refusals.poll(10, TimeUnit.SECONDS);
		assertThat(refusal).isNotNull();
		assertThat(refusal.reason()).isEqualTo(reason);
	}

	@Override
	public void close() {
		this.context.close();
	}

	private void note(MtlsEvent event) {
		if (event instanceof MtlsEvent.PeerRefused refusal) {
			this.refusals.add(refusal);
		}
	}

	private static MethodDescriptor<String, String> method(MethodType type, String name) {
		return MethodDescriptor.<String, String>newBuilder()
			.setType(type)
			.setFullMethodName("test.Test/" + name)
			.setRequestMarshaller(new TestCall.TextMarshaller())
			.setResponseMarshaller(new TestCall.TextMarshaller())
			.build();
	}

	@Configuration(proxyBeanMethods = false)
	static class TestServiceConfiguration {

		@Bean
		BindableService testService() {
			return () -> ServerServiceDefinition.builder("test.Test")
				.addMethod(WHO, ServerCalls.asyncUnaryCall((request, response) -> {
					response.onNext(GrpcPeer.current().map((peer) -> peer.displayName()).orElse("nobody"));
					response.onCompleted();
				}))
				.addMethod(ECHO, ServerCalls.asyncBidiStreamingCall(Echo::new))
				.build();
		}

	}

	private record Echo(StreamObserver<String> response) implements StreamObserver<String> {

		@Override
		public void onNext(String message) {
			this.response.onNext(message);
		}

		@Override
		public void onError(Throwable failure) {
			this.response.onError(Status.fromThrowable(failure).asRuntimeException());
		}

		@Override
		public void onCompleted() {
			this.response.onCompleted();
		}

	}

}
