package dev.mtls.boot.test;

import java.nio.file.Path;
import java.util.List;

import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.BeanCreationException;
import org.springframework.context.support.GenericApplicationContext;
import org.springframework.test.context.MergedContextConfiguration;
import org.springframework.test.context.support.AnnotationConfigContextLoader;

import dev.mtls.test.TestAuthority;
import dev.mtls.test.TestCertificate;
import dev.mtls.test.TestFiles;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for {@link MtlsTestContextCustomizer}.
 */
class MtlsTestContextCustomizerTests {

	@Test
	void customizeContextMakesBeansOfOneAuthority() {
		try (GenericApplicationContext context = customized()) {
			context.refresh();
			TestFiles files = context.getBean(TestFiles.class);
			assertThat(context.getBean(TestAuthority.class)).isSameAs(files.authority());
			assertThat(context.getBean(TestPeers.class).certificate(TestPeer.TRUSTED))
				.isSameAs(files.clientCertificate());
			assertThat(context.getBean(MtlsTestClients.class)).isNotNull();
		}
	}

	@Test
	void certificateIsTheSameEachTime() {
		try (GenericApplicationContext context = customized()) {
			context.refresh();
			TestPeers peers = context.getBean(TestPeers.class);
			for (TestPeer peer : TestPeer.values()) {
				TestCertificate certificate = peers.certificate(peer);
				assertThat(peers.certificate(peer)).isSameAs(certificate);
				assertThat(certificate == null).isEqualTo(peer == TestPeer.WITHOUT_CERTIFICATE);
			}
		}
	}

	@Test
	void closeDeletesTheFiles() {
		GenericApplicationContext context = customized();
		context.refresh();
		Path directory = context.getBean(TestFiles.class).directory();
		assertThat(directory).isDirectory();
		context.close();
		assertThat(directory).doesNotExist();
	}

	@Test
	void refreshWhenItFailsDeletesTheFiles() {
		GenericApplicationContext context = customized();
		Path directory = context.getBeanFactory().getBean(TestFiles.class).directory();
		context.registerBean("broken", Object.class, () -> {
			throw new IllegalStateException("broken");
		});
		assertThatExceptionOfType(BeanCreationException.class).isThrownBy(context::refresh);
		assertThat(directory).doesNotExist();
	}

	private static GenericApplicationContext customized() {
		GenericApplicationContext context = new GenericApplicationContext();
		new MtlsTestContextCustomizer(List.of()).customizeContext(context, new MergedContextConfiguration(
				MtlsTestContextCustomizerTests.class, null, null, null, new AnnotationConfigContextLoader()));
		return context;
	}

}
