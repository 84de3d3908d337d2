package dev.mtls.boot.test;

import java.util.List;

import org.springframework.beans.factory.support.DefaultListableBeanFactory;
import org.springframework.context.ConfigurableApplicationContext;
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

	private static final String FILES = "mtlsTestFiles";

	@Override
	public void customizeContext(ConfigurableApplicationContext context, MergedContextConfiguration mergedConfig) {
		Assert.isInstanceOf(DefaultListableBeanFactory.class, context.getBeanFactory());
		DefaultListableBeanFactory beans = (DefaultListableBeanFactory) context.getBeanFactory();
		TestFiles files = TestFiles.create(TestAuthority.create(), this.clientNames.toArray(String[]::new));
		// The first one, which is destroyed last, also when the context fails to start
		beans.registerDisposableBean(FILES, files::close);
		beans.registerSingleton(FILES, files);
		new MtlsTestProperties(context.getEnvironment()).add(files);
		TestPeers peers = new TestPeers(files, this.clientNames);
		MtlsTestClients clients = new MtlsTestClients(files.authority(), peers, context);
		beans.registerSingleton("mtlsTestAuthority", files.authority());
		beans.registerSingleton("mtlsTestPeers", peers);
		beans.registerSingleton("mtlsTestClients", clients);
		beans.setAutowireCandidateResolver(new ClientOfResolver(clients));
	}

}
