package dev.mtls.integration;

import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.web.servlet.support.SpringBootServletInitializer;

/**
 * What a WAR with the {@link MinimalApplication} holds to be deployed.
 */
public class MinimalWar extends SpringBootServletInitializer {

	@Override
	protected SpringApplicationBuilder configure(SpringApplicationBuilder builder) {
		return builder.sources(MinimalApplication.class);
	}

}
