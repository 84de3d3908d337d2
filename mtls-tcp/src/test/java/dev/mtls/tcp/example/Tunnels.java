package dev.mtls.tcp.example;

import reactor.core.publisher.Mono;

import dev.mtls.gate.Gate;
import dev.mtls.tcp.tunnel.MtlsTunnel;
import dev.mtls.tcp.tunnel.RunningTunnel;
import dev.mtls.tcp.tunnel.TunnelAddress;

/**
 * A tunnel before a service that knows nothing of TLS.
 */
final class Tunnels {

	private Tunnels() {
	}

	static Mono<RunningTunnel> start(Gate gate) {
		return MtlsTunnel.create(gate)
			.listen(TunnelAddress.ofListener("0.0.0.0:6380"))
			.target(TunnelAddress.ofTarget("127.0.0.1:6379"))
			.start();
	}

}
