package dev.mtls.boot.client;

import java.net.http.HttpClient;

import org.springframework.boot.ssl.SslBundle;
import org.springframework.web.client.RestClient;

/**
 * The HTTP clients of the application's identities, by the name of the identity: the
 * {@code payments} of {@code mtls.clients.payments}. A client presents the identity's
 * certificate, verifies servers by its rules, and follows every change of both.
 * {@link MtlsWebClients} has those that are reactive.
 */
public interface MtlsClients {

	/**
	 * A {@link RestClient}, made with what the application has set up for all of them.
	 * @param name the name of the identity
	 * @return the client
	 * @throws dev.mtls.decision.MtlsException if there is no such identity
	 */
	RestClient restClient(String name);

	/**
	 * An {@link HttpClient} of the JDK.
	 * @param name the name of the identity
	 * @return the client
	 * @throws dev.mtls.decision.MtlsException if there is no such identity, or networks
	 * are allowed for it, which the JDK cannot check
	 */
	HttpClient httpClient(String name);

	/**
	 * The SSL bundle for whatever else takes one. It follows every change as far as its
	 * owner reads it again.
	 * @param name the name of the identity
	 * @return the bundle
	 * @throws dev.mtls.decision.MtlsException if there is no such identity
	 */
	SslBundle sslBundle(String name);

}
