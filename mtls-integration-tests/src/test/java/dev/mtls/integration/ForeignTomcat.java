package dev.mtls.integration;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.List;
import java.util.Objects;
import java.util.Set;

import org.apache.catalina.Context;
import org.apache.catalina.LifecycleException;
import org.apache.catalina.connector.Connector;
import org.apache.catalina.startup.Tomcat;
import org.apache.tomcat.util.net.SSLHostConfig;
import org.apache.tomcat.util.net.SSLHostConfigCertificate;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.web.servlet.support.SpringBootServletInitializer;
import org.springframework.web.SpringServletContainerInitializer;
import org.springframework.web.context.WebApplicationContext;
import org.springframework.web.context.support.WebApplicationContextUtils;

import dev.mtls.test.TestAuthority;
import dev.mtls.test.TestCertificate;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A Tomcat into which the application is deployed as a WAR would be.
 */
final class ForeignTomcat implements ForeignServer {

	private static final String PASSWORD = "container";

	private final Tomcat tomcat = new Tomcat();

	private final Context application;

	private ForeignTomcat(Path directory, TestCertificate certificate, List<TestAuthority> trusted,
			List<String> properties) throws Exception {
		this.tomcat.setBaseDir(directory.resolve("tomcat").toString());
		Connector connector = new Connector();
		connector.setPort(0);
		connector.setProperty("SSLEnabled", "true");
		connector.addSslHostConfig(tls(certificate, trusted));
		this.tomcat.setConnector(connector);
		this.application = this.tomcat.addContext("", directory.toString());
		this.application.setParentClassLoader(getClass().getClassLoader());
		for (String property : properties) {
			this.application.addParameter(property.substring(0, property.indexOf('=')),
					property.substring(property.indexOf('=') + 1));
		}
		this.application.addServletContainerInitializer(new SpringServletContainerInitializer(),
				Set.of(Initializer.class));
		this.tomcat.start();
		assertThat(this.application.getState().isAvailable()).as("the application is deployed").isTrue();
	}

	/**
	 * Start a Tomcat that asks for certificates.
	 * @param directory where it may write
	 * @param certificate its own certificate
	 * @param trusted who issues its clients' certificates
	 * @param properties the application's properties as {@code key=value}
	 * @return the running server
	 */
	static ForeignTomcat start(Path directory, TestCertificate certificate, List<TestAuthority> trusted,
			List<String> properties) throws Exception {
		return new ForeignTomcat(directory, certificate, trusted, properties);
	}

	@Override
	public int port() {
		return this.tomcat.getConnector().getLocalPort();
	}

	@Override
	public <T> T bean(Class<T> type) {
		WebApplicationContext context = WebApplicationContextUtils
			.getWebApplicationContext(this.application.getServletContext());
		return Objects.requireNonNull(context).getBean(type);
	}

	@Override
	public void close() {
		try {
			this.tomcat.stop();
			this.tomcat.destroy();
		}
		catch (LifecycleException ex) {
			throw new IllegalStateException(ex);
		}
	}

	private static SSLHostConfig tls(TestCertificate certificate, List<TestAuthority> trusted)
			throws GeneralSecurityException, IOException {
		KeyStore keyStore = KeyStore.getInstance("PKCS12");
		keyStore.load(new ByteArrayInputStream(certificate.pkcs12(PASSWORD)), PASSWORD.toCharArray());
		KeyStore trustStore = KeyStore.getInstance("PKCS12");
		trustStore.load(null, null);
		for (TestAuthority authority : trusted) {
			trustStore.setCertificateEntry("anchor" + trustStore.size(), authority.anchor());
		}
		SSLHostConfig host = new SSLHostConfig();
		host.setCertificateVerification("optional");
		host.setTrustStore(trustStore);
		SSLHostConfigCertificate own = new SSLHostConfigCertificate(host, SSLHostConfigCertificate.Type.UNDEFINED);
		own.setCertificateKeystore(keyStore);
		own.setCertificateKeystorePassword(PASSWORD);
		host.addCertificate(own);
		return host;
	}

	/**
	 * What a WAR holds to be deployed.
	 */
	static final class Initializer extends SpringBootServletInitializer {

		@Override
		protected SpringApplicationBuilder configure(SpringApplicationBuilder builder) {
			return builder.sources(TestApplication.class);
		}

	}

}
