package dev.mtls.integration;

import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;

import org.apache.catalina.Context;
import org.apache.catalina.connector.Connector;
import org.apache.catalina.startup.Tomcat;
import org.apache.tomcat.util.net.SSLHostConfig;
import org.apache.tomcat.util.net.SSLHostConfigCertificate;

/**
 * A Tomcat with nothing but itself on its class path, into which a WAR is deployed.
 */
public final class WarContainer {

	private WarContainer() {
	}

	/**
	 * Start it, and write its port.
	 * @param args a directory with {@code war} and the PEM files {@code server.crt},
	 * {@code server.key} and {@code ca.crt}, then the application's properties as
	 * {@code --key=value}
	 * @throws Exception if it does not start
	 */
	public static void main(String[] args) throws Exception {
		Path directory = Path.of(args[0]);
		Tomcat tomcat = new Tomcat();
		tomcat.setBaseDir(Files.createDirectories(directory.resolve("tomcat")).toString());
		tomcat.setAddDefaultWebXmlToWebapp(false);
		Connector connector = new Connector();
		connector.setPort(0);
		connector.setProperty("SSLEnabled", "true");
		connector.addSslHostConfig(tls(directory));
		tomcat.setConnector(connector);
		Context application = tomcat.addWebapp("", directory.resolve("war").toString());
		for (int i = 1; i < args.length; i++) {
			String[] property = args[i].substring("--".length()).split("=", 2);
			application.addParameter(property[0], property[1]);
		}
		tomcat.start();
		if (!application.getState().isAvailable()) {
			tomcat.stop();
			throw new IllegalStateException("The application is not deployed");
		}
		System.out.println("port=" + connector.getLocalPort());
	}

	private static SSLHostConfig tls(Path directory) throws Exception {
		SSLHostConfig host = new SSLHostConfig();
		host.setCertificateVerification("optional");
		host.setTrustStore(trustStore(directory.resolve("ca.crt")));
		SSLHostConfigCertificate own = new SSLHostConfigCertificate(host, SSLHostConfigCertificate.Type.UNDEFINED);
		own.setCertificateFile(directory.resolve("server.crt").toString());
		own.setCertificateKeyFile(directory.resolve("server.key").toString());
		host.addCertificate(own);
		return host;
	}

	private static KeyStore trustStore(Path file) throws Exception {
		KeyStore trustStore = KeyStore.getInstance("PKCS12");
		trustStore.load(null, null);
		try (InputStream pem = Files.newInputStream(file)) {
			trustStore.setCertificateEntry("ca", CertificateFactory.getInstance("X.509").generateCertificate(pem));
		}
		return trustStore;
	}

}
