package dev.mtls.boot.autoconfigure;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.ssl.SslAutoConfiguration;
import org.springframework.boot.ssl.SslBundle;
import org.springframework.boot.ssl.SslBundleKey;
import org.springframework.boot.ssl.SslBundleRegistry;
import org.springframework.boot.ssl.SslBundles;
import org.springframework.boot.ssl.SslStoreBundle;
import org.springframework.boot.ssl.jks.JksSslStoreBundle;
import org.springframework.boot.ssl.jks.JksSslStoreDetails;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

import dev.mtls.decision.MtlsException;
import dev.mtls.decision.Reason;
import dev.mtls.gate.Gate;
import dev.mtls.test.TestAuthority;
import dev.mtls.test.TestCertificate;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@code mtls.server.bundle} and {@code mtls.client.bundle} over bundles of the
 * application.
 */
class BundlePropertyTests {

	private static final String PASSWORD = "s3cr3t-Passw0rd";

	@TempDir
	private Path directory;

	private MtlsTestFiles files;

	private final ApplicationContextRunner runner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(MtlsAutoConfiguration.class, MtlsServerAutoConfiguration.class,
				MtlsClientAutoConfiguration.class, SslAutoConfiguration.class))
		.withPropertyValues("mtls.reload.enabled=false");

	@BeforeEach
	void writeFiles() {
		this.files = MtlsTestFiles.in(this.directory);
	}

	@Test
	void bundleWhenPemGivesKeyAndTrust() {
		this.runner.withPropertyValues(pem())
			.withPropertyValues("mtls.server.bundle=web", "mtls.client.bundle=web")
			.run((context) -> {
				for (Gate gate : context.getBeansOfType(Gate.class).values()) {
					assertThat(Objects.requireNonNull(gate.snapshot().key()).leaf().getSubjectX500Principal().getName())
						.isEqualTo("CN=localhost");
					assertThat(gate.snapshot().trust().anchors()).containsExactly(this.files.authority().anchor());
				}
			});
	}

	@Test
	void bundleWhenPemIsEncryptedGivesKey() throws Exception {
		TestCertificate server = this.files.authority().server();
		server.writeTo(this.directory, "server");
		Stores.encryptedKey(this.directory.resolve("server.key"), server, PASSWORD);
		this.runner.withPropertyValues(pem())
			.withPropertyValues("spring.ssl.bundle.pem.web.keystore.private-key-password=" + PASSWORD,
					"mtls.server.bundle=web")
			.run((context) -> assertThat(context.getBean(Gate.class).snapshot().key()).isNotNull());
	}

	@Test
	void bundleWhenJksGivesKeyAndTrust() throws Exception {
		Path keyStore = Stores.keyStore(this.directory.resolve("key.jks"), "JKS", PASSWORD, "key-" + PASSWORD, "one",
				this.files.authority().server());
		Stores.keyStore(keyStore, "JKS", PASSWORD, "key-" + PASSWORD, "two", this.files.authority().server());
		Path trustStore = Stores.trustStore(this.directory.resolve("trust.p12"), "PKCS12", PASSWORD,
				this.files.authority().anchor());
		this.runner
			.withPropertyValues("spring.ssl.bundle.jks.web.key.alias=two",
					"spring.ssl.bundle.jks.web.key.password=key-" + PASSWORD,
					"spring.ssl.bundle.jks.web.keystore.location=file:" + keyStore,
					"spring.ssl.bundle.jks.web.keystore.type=JKS",
					"spring.ssl.bundle.jks.web.keystore.password=" + PASSWORD,
					"spring.ssl.bundle.jks.web.truststore.location=file:" + trustStore,
					"spring.ssl.bundle.jks.web.truststore.type=PKCS12",
					"spring.ssl.bundle.jks.web.truststore.password=" + PASSWORD, "mtls.server.bundle=web")
			.run((context) -> {
				assertThat(context).hasNotFailed();
				Gate gate = context.getBean(Gate.class);
				assertThat(gate.snapshot().key()).isNotNull();
				assertThat(gate.snapshot().trust().anchors()).containsExactly(this.files.authority().anchor());
			});
	}

	@Test
	void bundleWhenUpdatedIsReloadedAtOnce() throws Exception {
		TestAuthority other = TestAuthority.create();
		TestCertificate server = other.server();
		SslBundle update = bundle(server, other);
		this.runner.withPropertyValues(pem()).withPropertyValues("mtls.server.bundle=web").run((context) -> {
			Gate gate = context.getBean(Gate.class);
			assertThat(gate.generation()).isEqualTo(1);
			context.getBean(SslBundleRegistry.class).updateBundle("web", update);
			assertThat(gate.generation()).isEqualTo(2);
			assertThat(gate.snapshot().trust().anchors()).containsExactly(other.anchor());
			assertThat(Objects.requireNonNull(gate.snapshot().key()).leaf()).isEqualTo(server.certificate());
		});
	}

	@Test
	void bundleWhenUpdatedWithTheSameIsNotReloaded() {
		this.runner.withPropertyValues(pem()).withPropertyValues("mtls.server.bundle=web").run((context) -> {
			SslBundleRegistry registry = context.getBean(SslBundleRegistry.class);
			registry.updateBundle("web", context.getBean(SslBundles.class).getBundle("web"));
			assertThat(context.getBean(Gate.class).generation()).isEqualTo(1);
		});
	}

	@Test
	void bundleWhenUpdatedWithSomethingBrokenIsKept() {
		SslBundle broken = SslBundle.of(SslStoreBundle.NONE);
		this.runner.withPropertyValues(pem()).withPropertyValues("mtls.server.bundle=web").run((context) -> {
			context.getBean(SslBundleRegistry.class).updateBundle("web", broken);
			Gate gate = context.getBean(Gate.class);
			assertThat(gate.generation()).isEqualTo(1);
			assertThat(gate.snapshot().key()).isNotNull();
		});
	}

	@Test
	void bundleWhenItsFilesAreBrokenFailsWithItsName() throws Exception {
		Files.writeString(this.files.server().certificate(), "no certificate");
		this.runner.withPropertyValues(pem()).withPropertyValues("mtls.server.bundle=web").run((context) -> {
			MtlsException failure = Failures.mtlsException(context.getStartupFailure());
			assertThat(failure.reason()).isEqualTo(Reason.MATERIAL_INVALID);
			assertThat(failure.place()).isEqualTo("mtls.server.bundle=web");
			assertThat(failure.fix()).contains("spring.ssl.bundle");
		});
	}

	@Test
	void bundleWhenAbsentFailsWithTheChoicesThatCanBeMade() {
		this.runner.withPropertyValues(pem()).withPropertyValues("mtls.server.bundle=absent").run((context) -> {
			MtlsException failure = Failures.mtlsException(context.getStartupFailure());
			assertThat(failure.place()).isEqualTo("mtls.server.bundle=absent");
			assertThat(failure.fix()).isEqualTo("choose from [web]");
		});
	}

	@Test
	void bundleWhenItTrustsNobodyFails() {
		this.runner
			.withPropertyValues(
					Stream.of(pem()).filter((property) -> !property.contains("truststore")).toArray(String[]::new))
			.withPropertyValues("mtls.server.bundle=web")
			.run((context) -> assertThat(Failures.mtlsException(context.getStartupFailure()).reason())
				.isEqualTo(Reason.TRUST_MISSING));
	}

	@Test
	void bundleWhenServerHasNoKeyFailsAndClientDoesNot() {
		String[] trustOnly = Stream.of(pem())
			.filter((property) -> !property.contains("keystore"))
			.toArray(String[]::new);
		this.runner.withPropertyValues(trustOnly)
			.withPropertyValues("mtls.server.bundle=web")
			.run((context) -> assertThat(Failures.mtlsException(context.getStartupFailure()))
				.hasMessageStartingWith("mtls.server.bundle=web: the server has no certificate to present"));
		this.runner.withPropertyValues(trustOnly)
			.withPropertyValues("mtls.client.bundle=web")
			.run((context) -> assertThat(context.getBean(Gate.class).snapshot().key()).isNull());
	}

	@Test
	void bundleWhenItHasOptionsRestrictsProtocolsUnlessTheyAreSet() {
		this.runner.withPropertyValues(pem())
			.withPropertyValues("spring.ssl.bundle.pem.web.options.enabled-protocols=TLSv1.3", "mtls.server.bundle=web",
					"mtls.client.bundle=web", "mtls.client.protocols=TLSv1.3,TLSv1.2")
			.run((context) -> {
				assertThat(protocols(context.getBean("mtlsServerGate", Gate.class))).containsExactly("TLSv1.3");
				assertThat(protocols(context.getBean("mtlsClientGate", Gate.class))).containsExactly("TLSv1.3",
						"TLSv1.2");
			});
	}

	@Test
	void clientBundleWhenMtlsServerTakesTheServersMaterial() {
		this.runner.withPropertyValues(this.files.serverProperties())
			.withPropertyValues("mtls.client.bundle=mtls-server")
			.run((context) -> {
				Gate server = context.getBean("mtlsServerGate", Gate.class);
				Gate client = context.getBean("mtlsClientGate", Gate.class);
				assertThat(Objects.requireNonNull(client.snapshot().key()).leaf())
					.isEqualTo(Objects.requireNonNull(server.snapshot().key()).leaf());
				this.files.authority().server().writeTo(this.directory, "server");
				server.reload();
				client.reload();
				assertThat(Objects.requireNonNull(client.snapshot().key()).leaf())
					.isEqualTo(Objects.requireNonNull(server.snapshot().key()).leaf());
				assertThat(client.generation()).isEqualTo(2);
			});
	}

	private String[] pem() {
		String prefix = "spring.ssl.bundle.pem.web.";
		return new String[] { prefix + "keystore.certificate=file:" + this.files.server().certificate(),
				prefix + "keystore.private-key=file:" + this.files.server().privateKey(),
				prefix + "truststore.certificate=file:" + this.files.anchor() };
	}

	private SslBundle bundle(TestCertificate certificate, TestAuthority trusted) throws Exception {
		Path keyStore = Stores.keyStore(this.directory.resolve("update.jks"), "JKS", PASSWORD, PASSWORD, "one",
				certificate);
		Path trustStore = Stores.trustStore(this.directory.resolve("update-trust.jks"), "JKS", PASSWORD,
				trusted.anchor());
		return SslBundle.of(
				new JksSslStoreBundle(JksSslStoreDetails.forLocation("file:" + keyStore).withPassword(PASSWORD),
						JksSslStoreDetails.forLocation("file:" + trustStore).withPassword(PASSWORD)),
				SslBundleKey.of(PASSWORD));
	}

	private static List<String> protocols(Gate gate) {
		return gate.settings().tls().protocols();
	}

}
