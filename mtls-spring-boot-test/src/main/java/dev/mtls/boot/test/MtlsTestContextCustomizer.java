package dev.mtls.boot.test;

import java.net.http.HttpClient;
import java.util.List;
import java.util.function.Function;

import org.springframework.beans.factory.support.AutowireCandidateQualifier;
import org.springframework.beans.factory.support.RootBeanDefinition;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.support.GenericApplicationContext;
import org.springframework.test.context.ContextCustomizer;
import org.springframework.test.context.MergedContextConfiguration;
import org.springframework.test.web.reactive.server.WebTestClient;
import org.springframework.util.Assert;
import org.springframework.util.ClassUtils;
import org.springframework.web.client.RestClient;

import dev.mtls.test.TestAuthority;
import dev.mtls.test.TestFiles;

/**
 * {@link ContextCustomizer} for {@link MtlsTest @MtlsTest}. Those with the same names are
 * equal, so that their tests share an application context.
 *
 * @param clientNames the names of clients
 */
record MtlsTestContextCustomizer(List<String> clientNames) implements ContextCustomizer {

	private static final boolean HAS_WEB_FLUX = ClassUtils.isPresent(
			"org.springframework.web.reactive.function.client.WebClient",
			MtlsTestContextCustomizer.class.getClassLoader());

	@Override
	public void customizeContext(ConfigurableApplicationContext context, MergedContextConfiguration mergedConfig) {
		Assert.isInstanceOf(GenericApplicationContext.class, context);
		GenericApplicationContext application = (GenericApplicationContext) context;
		TestFiles files = TestFiles.create(TestAuthority.create(), this.clientNames.toArray(String[]::new));
		new MtlsTestProperties(context.getEnvironment()).add(files);
		TestPeers peers = new TestPeers(files, this.clientNames);
		MtlsTestClients clients = new MtlsTestClients(files.authority(), peers, context);
		register(application, "mtlsTestAuthority", TestAuthority.class, files.authority());
		register(application, "mtlsTestFiles", TestFiles.class, files);
		register(application, "mtlsTestPeers", TestPeers.class, peers);
		register(application, "mtlsTestClients", MtlsTestClients.class, clients);
		registerClients(application, HttpClient.class, clients::httpClient);
		registerClients(application, RestClient.class, clients::restClient);
		if (HAS_WEB_FLUX) {
			registerClients(application, WebTestClient.class, clients::webTestClient);
		}
	}

	// Not lazy, whatever the application is: only what was made is closed with the
	// context
	private static <T> void register(GenericApplicationContext context, String name, Class<T> type, T bean) {
		context.registerBean(name, type, () -> bean, (definition) -> definition.setLazyInit(false));
	}

	private static <T> void registerClients(GenericApplicationContext context, Class<T> type,
			Function<TestPeer, T> client) {
		for (TestPeer peer : TestPeer.values()) {
			RootBeanDefinition definition = new RootBeanDefinition(type, () -> client.apply(peer));
			definition.addQualifier(new AutowireCandidateQualifier(ClientOf.class, peer));
			// For @ClientOf alone, so that the application does not find it
			definition.setDefaultCandidate(false);
			definition.setLazyInit(true);
			context.registerBeanDefinition("mtlsTest%s.%s".formatted(type.getSimpleName(), peer), definition);
		}
	}

}
