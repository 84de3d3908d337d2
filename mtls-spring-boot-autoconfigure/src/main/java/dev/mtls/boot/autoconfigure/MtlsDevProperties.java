package dev.mtls.boot.autoconfigure;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Certificates for development.
 *
 * @param enabled Whether to make a CA, a server and a client certificate on the first
 * start, and to use them wherever nothing else is configured. Refused with a profile
 * named prod or production.
 * @param directory Directory of the certificates, seen from the working directory.
 * @param path Path of the URL in the curl command that is logged.
 */
@ConfigurationProperties(prefix = "mtls.dev", ignoreUnknownFields = false)
record MtlsDevProperties(@DefaultValue("false") boolean enabled, @DefaultValue(".mtls") String directory,
		@DefaultValue("/") String path) {
}
