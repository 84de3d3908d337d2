package dev.mtls.boot.documentation;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.stream.Stream;

import org.springframework.boot.test.system.CapturedOutput;

import dev.mtls.authority.CertificateRequest;
import dev.mtls.decision.Reason;
import dev.mtls.test.Flaw;
import dev.mtls.test.TestAuthority;
import dev.mtls.test.TestCertificate;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

/**
 * What an application writes that does not start for a {@link Reason}.
 */
final class StartFailures {

	private static final String NAME = "api.example.com";

	private static final String DESCRIPTION = "Description:\n\n";

	private final TestAuthority authority = TestAuthority.create();

	private final Path directory;

	private final CapturedOutput output;

	StartFailures(Path directory, CapturedOutput output) {
		this.directory = directory;
		this.output = output;
		this.authority.server().writeTo(directory, "tls");
		this.authority.writeTo(directory, "client-ca");
	}

	/**
	 * Have the start of an application fail.
	 * @param reason the reason
	 * @return the lines that describe the failure
	 */
	List<String> lines(Reason reason) throws IOException {
		return switch (reason) {
			case CONFIGURATION_INVALID -> start("mtls.server.limits.connections=0");
			case CONFIGURATION_CONFLICT -> start("server.ssl.bundle=any");
			case RULE_INVALID -> start("mtls.server.allowed-clients=192.0.2.7");
			case RULES_EMPTY -> start("mtls.server.allowed-clients=");
			case TRUST_MISSING -> startWith(certificate(), privateKey());
			case MATERIAL_INVALID -> startWithKey(this.authority.anchorPem());
			case PASSWORD_WRONG -> startWithPassword();
			case KEY_MISMATCH -> startWithKey(this.authority.server().privateKeyPem());
			case CHAIN_INVALID -> startWithCertificate(chainOfOthers());
			case MATERIAL_EXPIRED -> startWithCertificate(this.authority.client(Flaw.EXPIRED, NAME));
			case PERMISSIONS_TOO_OPEN -> startWithReadableKey();
			case ENGINE_UNSUPPORTED -> start("mtls.server.proxy-protocol.proxy-networks=10.0.0.1");
			case KEY_MISSING -> startWith(trust());
			case CRL_INVALID -> startWithBrokenCrl();
			case SOURCE_UNREADABLE -> startWithoutFile();
			case TARGET_UNWRITABLE -> startWithFileAsDirectory();
			default -> throw new IllegalArgumentException(reason.code());
		};
	}

	private List<String> startWithKey(String content) throws IOException {
		Files.writeString(file("tls.key"), content);
		return start();
	}

	private List<String> startWithCertificate(TestCertificate certificate) {
		certificate.writeTo(this.directory, "tls");
		return start();
	}

	private TestCertificate chainOfOthers() {
		TestCertificate server = this.authority.intermediate(CertificateRequest.authority("CN=Issuing CA").build())
			.client(NAME);
		return server.withChain(server.certificate(), TestAuthority.create().certificate());
	}

	private List<String> startWithPassword() throws IOException {
		Files.write(file("keystore.p12"), this.authority.server().pkcs12("right"));
		return startWith("mtls.server.key-store.location=file:" + file("keystore.p12"),
				"mtls.server.key-store.password=wrong", trust());
	}

	private List<String> startWithReadableKey() throws IOException {
		Files.setPosixFilePermissions(file("tls.key"), PosixFilePermissions.fromString("rw-r--r--"));
		return start("mtls.server.strict-permissions=true");
	}

	private List<String> startWithBrokenCrl() throws IOException {
		Files.writeString(file("client-ca.crl"), "none");
		return start("mtls.server.revocation.crls=file:" + file("client-ca.crl"));
	}

	private List<String> startWithoutFile() throws IOException {
		Files.delete(file("tls.crt"));
		return start();
	}

	private List<String> startWithFileAsDirectory() throws IOException {
		return startWith("mtls.dev.enabled=true", "mtls.dev.directory=" + Files.createFile(file(".mtls")));
	}

	private List<String> start(String... properties) {
		return startWith(Stream.concat(Stream.of(certificate(), privateKey(), trust()), Stream.of(properties))
			.toArray(String[]::new));
	}

	private List<String> startWith(String... properties) {
		assertThatThrownBy(() -> ExampleApplication.start(properties).close()).isNotNull();
		String written = this.output.getOut();
		return written.substring(written.lastIndexOf(DESCRIPTION) + DESCRIPTION.length()).strip().lines().toList();
	}

	private String certificate() {
		return "mtls.server.certificate=file:" + file("tls.crt");
	}

	private String privateKey() {
		return "mtls.server.private-key=file:" + file("tls.key");
	}

	private String trust() {
		return "mtls.server.trust-certificates=file:" + file("client-ca.crt");
	}

	private Path file(String name) {
		return this.directory.resolve(name);
	}

}
