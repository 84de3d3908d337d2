package dev.mtls.boot.rsocket;

import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiFunction;
import java.util.stream.Stream;

import io.rsocket.Payload;
import io.rsocket.RSocket;
import io.rsocket.exceptions.RejectedException;
import io.rsocket.util.ByteBufPayload;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

import dev.mtls.boot.web.RequestPeer;
import dev.mtls.decision.Decision;
import dev.mtls.decision.Reason;
import dev.mtls.decision.Verdict;
import dev.mtls.gate.Gate;
import dev.mtls.gate.GateSettings;
import dev.mtls.gate.KillSwitch;
import dev.mtls.gate.LiveConnection;
import dev.mtls.gate.SnapshotLocations;
import dev.mtls.test.TestAuthority;
import dev.mtls.test.TestCertificate;
import dev.mtls.tls.TlsProfile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for {@link AdmittedRSocket} at a gate that walks over no connection by itself.
 */
class AdmittedRSocketTests {

	private static final Duration PATIENCE = Duration.ofSeconds(10);

	private final TestAuthority authority = TestAuthority.create();

	private final KillSwitch killSwitch = new KillSwitch(false);

	private final List<Decision.Deny> cuts = new ArrayList<>();

	private final Recording source = new Recording();

	private final TestCertificate alice = this.authority.client("alice");

	private RSocket responder;

	private RSocket requester;

	@BeforeEach
	void connect() {
		TestCertificate certificate = this.authority.server();
		Gate gate = Gate.builder(GateSettings.server(true, TlsProfile.defaults()),
				SnapshotLocations.builder("mtls.server")
					.pem(certificate.chainPem(), certificate.privateKeyPem(), null)
					.trustCertificates(List.of(this.authority.anchorPem()))
					.build())
			.killSwitch(this.killSwitch)
			.executor((walk) -> {
			})
			.open();
		Verdict<LiveConnection> verdict = gate.connect(this.alice.chain(), InetAddress.getLoopbackAddress(),
				this.cuts::add);
		LiveConnection connection = ((Verdict.Accepted<LiveConnection>) verdict).value();
		this.responder = AdmittedRSocket.responder(this.source, connection,
				new RequestPeer(this.alice.chain(), connection.address()));
		this.requester = AdmittedRSocket.requester(this.source, connection);
	}

	static Stream<Named<BiFunction<RSocket, Payload, Publisher<?>>>> interactions() {
		return Stream.of(Named.of("fireAndForget", RSocket::fireAndForget),
				Named.of("requestResponse", RSocket::requestResponse),
				Named.of("requestStream", RSocket::requestStream),
				Named.of("requestChannel", (socket, payload) -> socket.requestChannel(Mono.just(payload))),
				Named.of("metadataPush", RSocket::metadataPush));
	}

	@ParameterizedTest
	@MethodSource("interactions")
	void interactionWhenPeerIsAdmittedTellsWhoItIs(BiFunction<RSocket, Payload, Publisher<?>> interaction) {
		Flux.from(interaction.apply(this.responder, payload())).blockLast(PATIENCE);
		assertThat(this.source.peers).containsExactly("alice");
	}

	@ParameterizedTest
	@MethodSource("interactions")
	void interactionWhenPeerIsNoLongerAdmittedIsRefused(BiFunction<RSocket, Payload, Publisher<?>> interaction) {
		this.killSwitch.set(true);
		for (RSocket socket : List.of(this.responder, this.requester)) {
			Payload payload = payload();
			assertThatExceptionOfType(RejectedException.class)
				.isThrownBy(() -> Flux.from(interaction.apply(socket, payload)).blockLast(PATIENCE))
				.withMessage(Reason.KILL_SWITCH.code());
			assertThat(payload.refCnt()).isZero();
		}
		assertThat(this.source.received).isEmpty();
		assertThat(this.cuts).extracting(Decision.Deny::reason).containsExactly(Reason.KILL_SWITCH);
	}

	@Test
	void requestOfTheServerTellsNobodyAboutAPeer() {
		this.requester.requestResponse(payload()).block(PATIENCE);
		assertThat(this.source.peers).containsExactly("nobody");
	}

	@Test
	void responseWhenPeerIsNoLongerAdmittedIsNotSent() {
		Sinks.One<Payload> answer = Sinks.one();
		this.source.answers = answer.asMono().flux();
		Payload late = payload();
		Mono<Payload> response = this.responder.requestResponse(payload()).cache();
		response.subscribe((any) -> {
		}, (ex) -> {
		});
		this.killSwitch.set(true);
		answer.tryEmitValue(late).orThrow();
		assertThatExceptionOfType(RejectedException.class).isThrownBy(() -> response.block(PATIENCE));
		assertThat(late.refCnt()).isZero();
	}

	@ParameterizedTest
	@MethodSource("interactions")
	void answersWhenPeerIsNoLongerAdmittedEnd(BiFunction<RSocket, Payload, Publisher<?>> interaction) {
		Sinks.Many<Payload> answers = Sinks.many().unicast().onBackpressureBuffer();
		this.source.answers = answers.asFlux();
		List<Object> sent = new ArrayList<>();
		List<Throwable> failures = new ArrayList<>();
		Flux.from(interaction.apply(this.responder, payload())).subscribe(sent::add, failures::add);
		Payload late = payload();
		answers.tryEmitNext(payload());
		int before = sent.size();
		this.killSwitch.set(true);
		answers.tryEmitNext(late);
		assertThat(sent).hasSize(before);
		if (this.source.streaming) {
			assertThat(before).isOne();
			assertThat(failures).singleElement().isInstanceOf(RejectedException.class);
			assertThat(late.refCnt()).isZero();
		}
	}

	@Test
	void channelWhenPeerIsNoLongerAdmittedPassesNothingMoreOfIt() {
		Sinks.Many<Payload> questions = Sinks.many().unicast().onBackpressureBuffer();
		this.source.answers = Flux.never();
		this.responder.requestChannel(questions.asFlux()).subscribe((any) -> {
		}, (ex) -> {
		});
		questions.tryEmitNext(payload()).orThrow();
		assertThat(this.source.received).hasSize(1);
		this.killSwitch.set(true);
		Payload late = payload();
		questions.tryEmitNext(late).orThrow();
		assertThat(this.source.received).hasSize(1);
		assertThat(late.refCnt()).isZero();
	}

	private static Payload payload() {
		return ByteBufPayload.create("hello");
	}

	/**
	 * Notes what comes, and from whom.
	 */
	private static final class Recording implements RSocket {

		private final List<String> peers = new ArrayList<>();

		private final List<Payload> received = new ArrayList<>();

		private Flux<Payload> answers = Flux.just(payload());

		private boolean streaming;

		@Override
		public Mono<Void> fireAndForget(Payload payload) {
			return note(payload).then();
		}

		@Override
		public Mono<Payload> requestResponse(Payload payload) {
			return note(payload).then(this.answers.next());
		}

		@Override
		public Flux<Payload> requestStream(Payload payload) {
			this.streaming = true;
			return note(payload).thenMany(this.answers);
		}

		@Override
		public Flux<Payload> requestChannel(Publisher<Payload> payloads) {
			this.streaming = true;
			return Flux.from(payloads).concatMap(this::note).then().thenMany(this.answers);
		}

		@Override
		public Mono<Void> metadataPush(Payload payload) {
			return note(payload).then();
		}

		private Mono<String> note(Payload payload) {
			this.received.add(payload);
			return RSocketPeer.current()
				.flatMap((peer) -> Mono.justOrEmpty(peer.identity()))
				.map((identity) -> identity.displayName())
				.defaultIfEmpty("nobody")
				.doOnNext(this.peers::add);
		}

	}

}
