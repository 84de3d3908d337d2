package dev.mtls.boot.rsocket;

import java.net.InetAddress;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;

import org.springframework.messaging.handler.annotation.MessageMapping;
import org.springframework.messaging.handler.annotation.Payload;
import org.springframework.messaging.rsocket.RSocketRequester;
import org.springframework.messaging.rsocket.annotation.ConnectMapping;
import org.springframework.stereotype.Controller;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

import dev.mtls.boot.web.ClientAddress;
import dev.mtls.boot.web.ClientCert;
import dev.mtls.boot.web.RequestPeer;
import dev.mtls.identity.PeerIdentity;

/**
 * What is sent over RSocket.
 */
@Controller
class Messages {

	private final BlockingQueue<String> connected = new LinkedBlockingQueue<>();

	private final BlockingQueue<String> notes = new LinkedBlockingQueue<>();

	private final BlockingQueue<RSocketRequester> requesters = new LinkedBlockingQueue<>();

	BlockingQueue<String> connected() {
		return this.connected;
	}

	BlockingQueue<String> notes() {
		return this.notes;
	}

	BlockingQueue<RSocketRequester> requesters() {
		return this.requesters;
	}

	@ConnectMapping
	void connect(@ClientCert Optional<String> name, @ClientAddress InetAddress address, RSocketRequester requester) {
		this.connected.add(name.orElse("nobody") + " from " + address.getHostAddress());
		this.requesters.add(requester);
	}

	@MessageMapping("who")
	String who(@ClientCert Optional<String> name, @ClientAddress InetAddress address) {
		return name.orElse("nobody") + " from " + address.getHostAddress();
	}

	@MessageMapping("name")
	String name(@ClientCert PeerIdentity peer) {
		return peer.displayName();
	}

	@MessageMapping("current")
	Mono<String> current() {
		return RSocketPeer.current().map(RequestPeer::requiredIdentity).map(PeerIdentity::displayName);
	}

	@MessageMapping("note")
	Mono<Void> note(@Payload String text, @ClientCert String name) {
		return Mono.fromRunnable(() -> this.notes.add(name + ": " + text));
	}

	@MessageMapping("ticks")
	Flux<String> ticks(@ClientCert String name) {
		return Flux.interval(Duration.ofMillis(20)).onBackpressureDrop().map((tick) -> name);
	}

	@MessageMapping("echo")
	Flux<String> echo(@Payload Flux<String> texts, @ClientCert String name) {
		return texts.map((text) -> name + ": " + text);
	}

}
