package dev.mtls.boot.rsocket;

import java.util.function.Function;

import io.rsocket.Payload;
import io.rsocket.RSocket;
import io.rsocket.exceptions.RejectedException;
import io.rsocket.util.RSocketProxy;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.SynchronousSink;
import reactor.util.context.Context;
import reactor.util.context.ContextView;

import dev.mtls.boot.web.ClientCertException;
import dev.mtls.boot.web.RequestPeer;
import dev.mtls.decision.Decision;
import dev.mtls.gate.LiveConnection;

/**
 * An {@link RSocket} through which nothing goes, in either direction, once the peer of
 * its connection is no longer admitted.
 */
final class AdmittedRSocket extends RSocketProxy {

	private final LiveConnection connection;

	private final ContextView context;

	private AdmittedRSocket(RSocket source, LiveConnection connection, ContextView context) {
		super(source);
		this.connection = connection;
		this.context = context;
	}

	/**
	 * What answers the peer. It finds the peer in its Reactor context.
	 * @param source answers
	 * @param connection the connection
	 * @param peer the peer
	 * @return what asks before
	 */
	static RSocket responder(RSocket source, LiveConnection connection, RequestPeer peer) {
		return new AdmittedRSocket(source, connection, Context.of(RequestPeer.class, peer));
	}

	/**
	 * What asks the peer.
	 * @param source asks
	 * @param connection the connection
	 * @return what is asked before
	 */
	static RSocket requester(RSocket source, LiveConnection connection) {
		return new AdmittedRSocket(source, connection, Context.empty());
	}

	@Override
	public Mono<Void> fireAndForget(Payload payload) {
		return single(payload, super::fireAndForget);
	}

	@Override
	public Mono<Payload> requestResponse(Payload payload) {
		return single(payload, super::requestResponse).handle(this::pass);
	}

	@Override
	public Flux<Payload> requestStream(Payload payload) {
		return told(Flux.defer(() -> isAdmitted(payload) ? super.requestStream(payload) : Flux.error(refusal()))
			.handle(this::pass));
	}

	@Override
	public Flux<Payload> requestChannel(Publisher<Payload> payloads) {
		return told(super.requestChannel(Flux.from(payloads).handle(this::pass)).handle(this::pass));
	}

	@Override
	public Mono<Void> metadataPush(Payload payload) {
		return single(payload, super::metadataPush);
	}

	private <T> Mono<T> single(Payload payload, Function<Payload, Mono<T>> interaction) {
		return Mono.defer(() -> isAdmitted(payload) ? interaction.apply(payload) : Mono.<T>error(refusal()))
			.onErrorMap(ClientCertException.class, AdmittedRSocket::refusal)
			.contextWrite(this.context);
	}

	private Flux<Payload> told(Flux<Payload> payloads) {
		return payloads.onErrorMap(ClientCertException.class, AdmittedRSocket::refusal).contextWrite(this.context);
	}

	private void pass(Payload payload, SynchronousSink<Payload> sink) {
		if (isAdmitted(payload)) {
			sink.next(payload);
		}
		else {
			sink.error(refusal());
		}
	}

	private boolean isAdmitted(Payload payload) {
		if (this.connection.isAdmitted()) {
			return true;
		}
		payload.release();
		return false;
	}

	private RejectedException refusal() {
		Decision.Deny denial = this.connection.denial();
		return new RejectedException((denial != null) ? denial.reason().code() : "the connection has ended");
	}

	// The reason and not the detail, as everywhere
	private static RejectedException refusal(ClientCertException ex) {
		return new RejectedException(ex.denial().reason().code(), ex);
	}

}
