package dev.mtls.tcp.netty;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;

import javax.net.ssl.SSLException;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPromise;
import org.jspecify.annotations.Nullable;

import dev.mtls.decision.Decision;
import dev.mtls.gate.Gate;
import dev.mtls.tls.PeerRefusedException;

/**
 * Stands before the socket, and connects it only where the gate allows. It sees the very
 * address, whichever resolver, selector or proxy chose it. Where a name has more than one
 * address, Reactor Netty tries the next one.
 */
final class AddressChannelHandler extends ChannelOutboundHandlerAdapter {

	private final Gate gate;

	AddressChannelHandler(Gate gate) {
		this.gate = gate;
	}

	@Override
	@SuppressWarnings("FutureReturnValueIgnored")
	public void connect(ChannelHandlerContext context, SocketAddress remoteAddress,
			@Nullable SocketAddress localAddress, ChannelPromise promise) {
		SSLException refusal = refusalOf(remoteAddress);
		if (refusal != null) {
			promise.setFailure(refusal);
			return;
		}
		context.connect(remoteAddress, localAddress, promise);
		context.pipeline().remove(this);
	}

	private @Nullable SSLException refusalOf(SocketAddress remoteAddress) {
		InetAddress address = (remoteAddress instanceof InetSocketAddress internet) ? internet.getAddress() : null;
		Decision decision = (address != null) ? this.gate.admitAddress(address) : this.gate.admitAnybody();
		return (decision instanceof Decision.Deny denial) ? new PeerRefusedException(hostOf(remoteAddress), denial)
				: null;
	}

	private static String hostOf(SocketAddress remoteAddress) {
		return (remoteAddress instanceof InetSocketAddress internet)
				? "%s:%d".formatted(internet.getHostString(), internet.getPort()) : remoteAddress.toString();
	}

}
