package dev.mtls.tcp.netty;

import java.net.InetAddress;
import java.util.function.BiFunction;

import javax.net.ssl.SSLException;

import io.netty.channel.Channel;
import io.netty.channel.ChannelPipeline;
import reactor.netty.NettyPipeline;

import dev.mtls.gate.Gate;

/**
 * Puts the handlers of a gate into the pipeline of a connection that has TLS in it.
 */
public final class GatedPipeline {

	private GatedPipeline() {
	}

	/**
	 * Put the gate of a server into the pipeline of a connection that was accepted, and
	 * whose address was allowed.
	 * @param channel the connection
	 * @param gate the gate
	 * @param address the address that the gate decided on
	 */
	public static void accepted(Channel channel, Gate gate, InetAddress address) {
		LingeringClose linger = new LingeringClose();
		channel.pipeline()
			.addBefore(NettyPipeline.SslHandler, LingeringClose.NAME, linger)
			.addAfter(NettyPipeline.SslHandler, GatedChannelHandler.NAME,
					new GatedChannelHandler(gate, address, linger));
		awaitRevocation(channel, gate, GatedChannelHandler.NAME);
	}

	/**
	 * Put the gate of a client into the pipeline of a connection that is not connected
	 * yet. Without TLS in it, only the address and the kill switch are checked.
	 * @param channel the connection
	 * @param gate the gate
	 * @param admission admits the server after the handshake
	 * @param cutFailure makes what the pipeline is told when the connection is cut, of
	 * the reason
	 */
	public static void connecting(Channel channel, Gate gate, ServerAdmission admission,
			BiFunction<ChannelPipeline, SSLException, Throwable> cutFailure) {
		channel.pipeline().addFirst(new AddressChannelHandler(gate));
		if (channel.pipeline().get(NettyPipeline.SslHandler) != null) {
			channel.pipeline()
				.addAfter(NettyPipeline.SslHandler, ServerChannelHandler.NAME,
						new ServerChannelHandler(gate, admission, cutFailure));
			awaitRevocation(channel, gate, ServerChannelHandler.NAME);
		}
	}

	/**
	 * Have a connection that speaks no HTTP know how it ends, behind the handlers that
	 * were put into its pipeline before.
	 * @param channel the connection
	 */
	public static void endsByItself(Channel channel) {
		String gate = (channel.pipeline().get(GatedChannelHandler.NAME) != null) ? GatedChannelHandler.NAME
				: ServerChannelHandler.NAME;
		channel.pipeline().addAfter(gate, TlsConnectionEnd.NAME, new TlsConnectionEnd());
	}

	private static void awaitRevocation(Channel channel, Gate gate, String before) {
		if (gate.settings().revocation().isOn()) {
			channel.pipeline()
				.addBefore(before, RevocationChannelHandler.NAME, new RevocationChannelHandler(gate::askRevocation));
		}
	}

}
