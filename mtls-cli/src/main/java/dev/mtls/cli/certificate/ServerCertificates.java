package dev.mtls.cli.certificate;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.UnknownHostException;
import java.security.GeneralSecurityException;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509ExtendedTrustManager;

import org.jspecify.annotations.Nullable;

import dev.mtls.decision.MtlsException;
import dev.mtls.decision.Reason;

/**
 * The certificates that a server presents. Nothing is sent to it but a handshake that is
 * broken off.
 */
final class ServerCertificates extends X509ExtendedTrustManager {

	private static final Pattern ADDRESS = Pattern
		.compile("(?:\\[(?<literal>[0-9A-Fa-f:.]+)\\]|(?<host>[^:/\\s]+)):(?<port>\\d{1,5})");

	private static final int TIMEOUT_MILLIS = 10_000;

	private volatile @Nullable List<X509Certificate> chain;

	private ServerCertificates() {
	}

	/**
	 * Whether a text is a host and a port.
	 * @param text the text
	 * @return whether it is
	 */
	static boolean isAddress(String text) {
		return ADDRESS.matcher(text).matches();
	}

	/**
	 * Ask a server for its certificates.
	 * @param address its host and port, such as {@code localhost:8443} or
	 * {@code [::1]:8443}
	 * @return the certificates
	 * @throws MtlsException if there is no such server, or it does not speak TLS
	 */
	static List<X509Certificate> of(String address) {
		Matcher matcher = ADDRESS.matcher(address);
		int port = matcher.matches() ? Integer.parseInt(matcher.group("port")) : 0;
		if (port < 1 || port > 65535) {
			throw new MtlsException(Reason.CONFIGURATION_INVALID, address, "It is no host and port",
					"Write it as localhost:8443");
		}
		String literal = matcher.group("literal");
		return of(address, (literal != null) ? literal : matcher.group("host"), port);
	}

	private static List<X509Certificate> of(String address, String host, int port) {
		ServerCertificates presented = new ServerCertificates();
		try (Socket socket = new Socket()) {
			socket.connect(new InetSocketAddress(host, port), TIMEOUT_MILLIS);
			socket.setSoTimeout(TIMEOUT_MILLIS);
			presented.shakeHands(socket, host, port);
		}
		catch (UnknownHostException ex) {
			throw new MtlsException(Reason.HOST_UNRESOLVED, address, "The name has no address", "Check the name", ex);
		}
		catch (IOException ex) {
			throw new MtlsException(Reason.CONNECT_FAILED, address, String.valueOf(ex.getMessage()),
					"Check host and port, and whether the server runs", ex);
		}
		List<X509Certificate> chain = presented.chain;
		if (chain == null) {
			throw new MtlsException(Reason.HANDSHAKE_FAILED, address, "It presents no certificate",
					"Check that it speaks TLS there; 'mtls doctor %s' tells more".formatted(address));
		}
		return chain;
	}

	private void shakeHands(Socket socket, String host, int port) throws IOException {
		try (SSLSocket tls = (SSLSocket) context().getSocketFactory().createSocket(socket, host, port, true)) {
			tls.startHandshake();
		}
		catch (IOException ex) {
			if (this.chain == null) {
				throw ex;
			}
			// As it was broken off when the chain had come
		}
	}

	private SSLContext context() {
		try {
			SSLContext context = SSLContext.getInstance("TLS");
			context.init(null, new TrustManager[] { this }, null);
			return context;
		}
		catch (GeneralSecurityException ex) {
			throw new IllegalStateException("This Java runtime has no TLS", ex);
		}
	}

	private void take(X509Certificate[] certificates) throws CertificateException {
		this.chain = List.of(certificates);
		throw new CertificateException("The chain is all that was wanted");
	}

	@Override
	public void checkServerTrusted(X509Certificate[] certificates, String authType) throws CertificateException {
		take(certificates);
	}

	@Override
	public void checkServerTrusted(X509Certificate[] certificates, String authType, Socket socket)
			throws CertificateException {
		take(certificates);
	}

	@Override
	public void checkServerTrusted(X509Certificate[] certificates, String authType, SSLEngine engine)
			throws CertificateException {
		take(certificates);
	}

	@Override
	public void checkClientTrusted(X509Certificate[] certificates, String authType) throws CertificateException {
		throw new CertificateException("Nobody is served");
	}

	@Override
	public void checkClientTrusted(X509Certificate[] certificates, String authType, Socket socket)
			throws CertificateException {
		throw new CertificateException("Nobody is served");
	}

	@Override
	public void checkClientTrusted(X509Certificate[] certificates, String authType, SSLEngine engine)
			throws CertificateException {
		throw new CertificateException("Nobody is served");
	}

	@Override
	public X509Certificate[] getAcceptedIssuers() {
		return new X509Certificate[0];
	}

}
