package dev.mtls.test;

import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.platform.engine.discovery.DiscoverySelectors;
import org.junit.platform.launcher.LauncherDiscoveryRequest;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;
import org.junit.platform.launcher.listeners.SummaryGeneratingListener;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link TestAuthorityExtension} and {@link TestFiles}.
 */
@ExtendWith(TestAuthorityExtension.class)
class TestAuthorityExtensionTests {

	private static @Nullable TestAuthority shared;

	private final TestAuthority constructed;

	private @Nullable TestAuthority authority;

	private @Nullable TestFiles files;

	private TestAuthority own = TestAuthority.create();

	TestAuthorityExtensionTests(TestAuthority constructed) {
		this.constructed = constructed;
	}

	@Test
	void allOfAClassIsOfOneAuthority(TestAuthority parameter, TestFiles parameterFiles) {
		assertThat(parameter).isSameAs(shared).isSameAs(this.constructed).isSameAs(this.authority);
		assertThat(parameterFiles).isSameAs(this.files);
		assertThat(parameterFiles.authority()).isSameAs(parameter);
	}

	@Test
	void fieldWhenItHoldsSomethingIsLeft(TestAuthority parameter) {
		assertThat(this.own).isNotNull().isNotSameAs(parameter);
	}

	@Test
	void filesHoldWhatTheirNamesSay(TestFiles written) throws Exception {
		Path directory = written.directory();
		assertThat(written.ca()).isEqualTo(directory.resolve("ca.crt")).hasContent(written.authority().anchorPem());
		assertThat(written.server().certificate()).isEqualTo(directory.resolve("server.crt"));
		assertThat(written.server().privateKey()).isEqualTo(directory.resolve("server.key")).isNotEmptyFile();
		assertThat(written.client().certificate()).isEqualTo(directory.resolve("client.crt"))
			.hasContent(written.clientCertificate().chainPem());
		assertThat(written.client().privateKey()).isEqualTo(directory.resolve("client.key"))
			.hasContent(written.clientCertificate().privateKeyPem());
		assertThat(written.crl().file()).isEqualTo(directory.resolve("ca.crl")).isNotEmptyFile();
	}

	@Test
	void writeWhenThereIsAFurtherCertificatePutsItBesideTheOthers(TestFiles written) {
		PemFiles expired = written.write("expired", written.authority().client(Flaw.EXPIRED));
		assertThat(expired.certificate()).isEqualTo(written.directory().resolve("expired.crt")).exists();
	}

	@Test
	void createWhenTheClientHasNamesIssuesItForThem() throws Exception {
		try (TestFiles written = TestFiles.create(TestAuthority.create(), "spiffe://td/a")) {
			X509Certificate certificate = written.clientCertificate().certificate();
			assertThat(certificate.getSubjectAlternativeNames()).containsExactly(List.of(6, "spiffe://td/a"));
		}
	}

	@Test
	void filesWhenTheClassHasEndedAreDeleted() {
		LauncherDiscoveryRequest request = LauncherDiscoveryRequestBuilder.request()
			.selectors(DiscoverySelectors.selectClass(Ended.class))
			.build();
		SummaryGeneratingListener listener = new SummaryGeneratingListener();
		Ended.AUTHORITIES.clear();
		LauncherFactory.create().execute(request, listener);
		assertThat(listener.getSummary().getTestsSucceededCount()).isEqualTo(2);
		assertThat(Ended.AUTHORITIES).hasSize(2).doesNotContain(this.constructed);
		assertThat(Ended.AUTHORITIES.get(0)).isSameAs(Ended.AUTHORITIES.get(1));
		assertThat(Ended.DIRECTORY.get()).isNotNull().doesNotExist();
	}

	/**
	 * Nested classes.
	 */
	@Nested
	class NestedClass {

		@Test
		void nestedClassHasTheAuthorityOfItsOuterOne(TestAuthority parameter) {
			assertThat(parameter).isSameAs(shared);
		}

	}

	/**
	 * A class that is run by a test.
	 */
	@ExtendWith(TestAuthorityExtension.class)
	static class Ended {

		private static final List<TestAuthority> AUTHORITIES = new ArrayList<>();

		private static final AtomicReference<@Nullable Path> DIRECTORY = new AtomicReference<>();

		@Test
		void first(TestFiles files) {
			remember(files);
		}

		@Test
		void second(TestFiles files) {
			remember(files);
		}

		private static void remember(TestFiles files) {
			AUTHORITIES.add(files.authority());
			assertThat(Files.isDirectory(files.directory())).isTrue();
			DIRECTORY.set(files.directory());
		}

	}

}
