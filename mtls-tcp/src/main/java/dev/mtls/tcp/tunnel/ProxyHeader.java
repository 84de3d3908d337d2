package dev.mtls.tcp.tunnel;

import java.net.Inet4Address;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.security.cert.CertificateEncodingException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;

import javax.net.ssl.SSLSession;

import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.haproxy.HAProxyCommand;
import io.netty.handler.codec.haproxy.HAProxyMessage;
import io.netty.handler.codec.haproxy.HAProxyMessageEncoder;
import io.netty.handler.codec.haproxy.HAProxyProtocolVersion;
import io.netty.handler.codec.haproxy.HAProxyProxiedProtocol;
import io.netty.handler.codec.haproxy.HAProxySSLTLV;
import io.netty.handler.codec.haproxy.HAProxyTLV;
import io.netty.handler.ssl.SslHandler;

import dev.mtls.gate.LiveConnection;
import dev.mtls.identity.PeerIdentity;
import dev.mtls.tcp.netty.LiveConnections;
import dev.mtls.tls.PeerChain;

/**
 * The header of the PROXY protocol, version 2, that says who connected to a tunnel: the
 * addresses, and where there is TLS on that side its version and cipher suite and the
 * certificate of the client with its common name (sections 2.2 and 2.2.6 of its
 * specification).
 */
final class ProxyHeader {

	private static final byte SSL_VERSION = 0x21;

	private static final byte SSL_CN = 0x22;

	private static final byte SSL_CIPHER = 0x23;

	private static final byte SSL_CLIENT_CERT = 0x28;

	private static final byte CLIENT_SSL = 0x01;

	private static final byte CLIENT_CERT_CONN = 0x02;

	private static final byte CLIENT_CERT_SESS = 0x04;

	private static final int VERIFIED = 0;

	private static final int NOT_VERIFIED = 1;

	private ProxyHeader() {
	}

	/**
	 * Write the header of a client, before anything else.
	 * @param client the connection of the client
	 * @param target the connection that the header is written to
	 */
	@SuppressWarnings("FutureReturnValueIgnored")
	static void write(Channel client, Channel target) {
		ChannelHandlerContext side = target.pipeline().context(Side.class);
		target.pipeline().addBefore(side.name(), null, HAProxyMessageEncoder.INSTANCE);
		side.writeAndFlush(message(client));
		target.pipeline().remove(HAProxyMessageEncoder.INSTANCE);
	}

	private static HAProxyMessage message(Channel client) {
		List<HAProxyTLV> values = tls(client);
		if (client.remoteAddress() instanceof InetSocketAddress source
				&& client.localAddress() instanceof InetSocketAddress destination) {
			boolean v4 = isV4(source) && isV4(destination);
			return new HAProxyMessage(HAProxyProtocolVersion.V2, HAProxyCommand.PROXY,
					v4 ? HAProxyProxiedProtocol.TCP4 : HAProxyProxiedProtocol.TCP6, text(source, v4),
					text(destination, v4), source.getPort(), destination.getPort(), values);
		}
		return new HAProxyMessage(HAProxyProtocolVersion.V2, HAProxyCommand.PROXY, HAProxyProxiedProtocol.UNKNOWN, null,
				null, 0, 0, values);
	}

	private static List<HAProxyTLV> tls(Channel client) {
		LiveConnection connection = LiveConnections.of(client);
		SslHandler handler = client.pipeline().get(SslHandler.class);
		if (connection == null || handler == null) {
			return List.of();
		}
		SSLSession session = handler.engine().getSession();
		List<HAProxyTLV> values = new ArrayList<>();
		values.add(value(SSL_VERSION, session.getProtocol()));
		values.add(value(SSL_CIPHER, session.getCipherSuite()));
		PeerIdentity identity = connection.identity();
		if (identity == null) {
			return List.of(new HAProxySSLTLV(NOT_VERIFIED, CLIENT_SSL, values));
		}
		if (identity.commonName() != null) {
			values.add(value(SSL_CN, identity.commonName()));
		}
		values.add(new HAProxyTLV(SSL_CLIENT_CERT, Unpooled.wrappedBuffer(encoded(PeerChain.of(session).get(0)))));
		boolean resumed = connection.tls() != null && Boolean.TRUE.equals(connection.tls().resumed());
		byte flags = (byte) (CLIENT_SSL | CLIENT_CERT_SESS | (resumed ? 0 : CLIENT_CERT_CONN));
		return List.of(new HAProxySSLTLV(VERIFIED, flags, values));
	}

	private static HAProxyTLV value(byte type, String text) {
		return new HAProxyTLV(type, Unpooled.copiedBuffer(text, StandardCharsets.UTF_8));
	}

	private static byte[] encoded(X509Certificate certificate) {
		try {
			return certificate.getEncoded();
		}
		catch (CertificateEncodingException ex) {
			throw new IllegalStateException("A certificate that was decoded cannot be encoded", ex);
		}
	}

	private static boolean isV4(InetSocketAddress address) {
		return address.getAddress() instanceof Inet4Address;
	}

	// Both in one family (RFC 4291, section 2.5.5.2)
	private static String text(InetSocketAddress address, boolean v4) {
		String text = address.getAddress().getHostAddress();
		int zone = text.indexOf('%');
		String literal = (zone != -1) ? text.substring(0, zone) : text;
		return (isV4(address) && !v4) ? "::ffff:" + literal : literal;
	}

}
