package dev.mtls.boot.test;

import java.util.List;

import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.support.GenericApplicationContext;
import org.springframework.test.context.ContextCustomizer;
import org.springframework.test.context.MergedContextConfiguration;
import org.springframework.util.Assert;

import dev.mtls.test.TestAuthority;
import dev.mtls.test.TestFiles;

/**
 * {@link ContextCustomizer} for {@link MtlsTest @MtlsTest}. Those with the same names are
 * equal, so that their tests share an application context.
 *
 * @param clientNames the names of clients
 */
record MtlsTestContextCustomizer(List<String> clientNames) implements ContextCustomizer {

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
		application.getDefaultListableBeanFactory().setAutowireCandidateResolver(new ClientOfResolver(clients));
	}

	// Not lazy, whatever the application is: only what was made is closed with the
	// context
	private static <T> void register(GenericApplicationContext context, String name, Class<T> type, T bean) {
		context.registerBean(name, type, () -> bean, (definition) -> definition.setLazyInit(false));
	}

}
