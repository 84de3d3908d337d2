package dev.mtls.boot.client;

import org.springframework.web.reactive.function.client.WebClient;

/**
 * What {@link MtlsClients} is, for {@link WebClient}, which need not be on the class path
 * of every application.
 */
public interface MtlsWebClients {

	/**
	 * A {@link WebClient}, made with what the application has set up for all of them.
	 * @param name the name of the identity
	 * @return the client
	 * @throws dev.mtls.decision.MtlsException if there is no such identity
	 */
	WebClient webClient(String name);

}
