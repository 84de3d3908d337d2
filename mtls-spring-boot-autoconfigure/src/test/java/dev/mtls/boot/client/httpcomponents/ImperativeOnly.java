package dev.mtls.boot.client.httpcomponents;

import java.nio.file.Path;
import java.util.concurrent.Callable;

import org.apache.hc.client5.http.SystemDefaultDnsResolver;
import org.springframework.boot.http.client.ClientHttpRequestFactoryBuilder;
import org.springframework.boot.http.client.HttpClientSettings;
import org.springframework.http.client.ClientHttpRequestFactory;
import org.springframework.web.client.RestClient;

import dev.mtls.boot.client.ClientGate;
import dev.mtls.boot.client.HttpsPeer;
import dev.mtls.boot.client.gate.BuiltClient;
import dev.mtls.boot.client.gate.ClientGeneration;
import dev.mtls.boot.client.gate.ClientPool;

/**
 * Makes one request, in a class loader that has no Reactor.
 *
 * @param directory where to put the files
 */
public record ImperativeOnly(Path directory) implements Callable<String> {

	@Override
	public String call() {
		try (ClientGate gate = new ClientGate(this.directory);
				HttpsPeer peer = new HttpsPeer(gate.authority, gate.authority.server())) {
			BuiltClient<ClientHttpRequestFactory> built = HttpComponentsClients.requestFactory(
					ClientHttpRequestFactoryBuilder.httpComponents().withDnsResolver(SystemDefaultDnsResolver.INSTANCE),
					HttpClientSettings.defaults(), new ClientGeneration(gate.gate()), ClientPool.DEFAULTS);
			try {
				return String.valueOf(RestClient.builder()
					.requestFactory(built.client())
					.build()
					.get()
					.uri(peer.url("localhost", "/whoami"))
					.retrieve()
					.body(String.class));
			}
			finally {
				built.closer().run();
			}
		}
	}

}
