package dev.mtls.tls;

import java.io.IOException;
import java.net.Socket;
import java.util.function.Supplier;

import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.SSLSocket;

/**
 * {@link SSLServerSocket} that asks for the current context whenever it accepts a
 * connection, however long it has been listening.
 */
final class DelegatingSslServerSocket extends SSLServerSocket {

	private final Supplier<SSLContext> current;

	/** Never bound: it keeps what is set, with the defaults of a real one. */
	private final SSLServerSocket settings;

	DelegatingSslServerSocket(Supplier<SSLContext> current) throws IOException {
		this.current = current;
		this.settings = (SSLServerSocket) current.get().getServerSocketFactory().createServerSocket();
	}

	@Override
	public Socket accept() throws IOException {
		Socket accepted = new Socket();
		implAccept(accepted);
		try {
			SSLSocket socket = (SSLSocket) this.current.get().getSocketFactory().createSocket(accepted, null, true);
			socket.setUseClientMode(getUseClientMode());
			socket.setSSLParameters(getSSLParameters());
			socket.setEnableSessionCreation(getEnableSessionCreation());
			return socket;
		}
		catch (IOException | RuntimeException ex) {
			accepted.close();
			throw ex;
		}
	}

	@Override
	public String[] getEnabledCipherSuites() {
		return this.settings.getEnabledCipherSuites();
	}

	@Override
	public void setEnabledCipherSuites(String[] suites) {
		this.settings.setEnabledCipherSuites(suites);
	}

	@Override
	public String[] getSupportedCipherSuites() {
		return this.settings.getSupportedCipherSuites();
	}

	@Override
	public String[] getSupportedProtocols() {
		return this.settings.getSupportedProtocols();
	}

	@Override
	public String[] getEnabledProtocols() {
		return this.settings.getEnabledProtocols();
	}

	@Override
	public void setEnabledProtocols(String[] protocols) {
		this.settings.setEnabledProtocols(protocols);
	}

	@Override
	public void setNeedClientAuth(boolean need) {
		this.settings.setNeedClientAuth(need);
	}

	@Override
	public boolean getNeedClientAuth() {
		return this.settings.getNeedClientAuth();
	}

	@Override
	public void setWantClientAuth(boolean want) {
		this.settings.setWantClientAuth(want);
	}

	@Override
	public boolean getWantClientAuth() {
		return this.settings.getWantClientAuth();
	}

	@Override
	public void setUseClientMode(boolean mode) {
		this.settings.setUseClientMode(mode);
	}

	@Override
	public boolean getUseClientMode() {
		return this.settings.getUseClientMode();
	}

	@Override
	public void setEnableSessionCreation(boolean flag) {
		this.settings.setEnableSessionCreation(flag);
	}

	@Override
	public boolean getEnableSessionCreation() {
		return this.settings.getEnableSessionCreation();
	}

	@Override
	public SSLParameters getSSLParameters() {
		return this.settings.getSSLParameters();
	}

	@Override
	public void setSSLParameters(SSLParameters parameters) {
		this.settings.setSSLParameters(parameters);
	}

}
