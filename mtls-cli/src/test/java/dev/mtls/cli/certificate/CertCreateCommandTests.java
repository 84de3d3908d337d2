package dev.mtls.cli.certificate;

import java.io.ByteArrayInputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import dev.mtls.cli.CommandProcess;
import dev.mtls.cli.console.ExitStatus;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link CertCreateCommand}.
 */
class CertCreateCommandTests {

	@TempDir
	private Path directory;

	private Pki pki;

	@BeforeEach
	void create() {
		this.pki = new Pki(this.directory);
	}

	@Test
	void serverHasItsNamesAndIsAcceptedByOpenSsl() throws Exception {
		String out = this.pki.process.succeed("cert", "create", "--server", "--name", "api.example.com", "--san",
				"ip:10.0.0.1", "--san", "dns:*.example.com", "--ca", "ca.crt", "--days", "90", "--out", "tls");
		assertThat(out).contains("mtls.server.certificate=file:tls/api.example.com.crt",
				"mtls.server.private-key=file:tls/api.example.com.key", "mtls.server.trust-certificates=file:ca.crt")
			.doesNotContain("mtls.client");
		X509Certificate certificate = this.pki.certificate("tls/api.example.com.crt");
		assertThat(certificate.getSubjectAlternativeNames()).extracting((name) -> (Object) name.get(1))
			.containsExactlyInAnyOrder("api.example.com", "10.0.0.1", "*.example.com");
		assertThat(Duration.between(certificate.getNotBefore().toInstant(), certificate.getNotAfter().toInstant()))
			.isBetween(Duration.ofDays(90), Duration.ofDays(91));
		assertThat(PosixFilePermissions
			.toString(Files.getPosixFilePermissions(this.directory.resolve("tls/api.example.com.key"))))
			.isEqualTo("rw-------");
		for (String check : List.of("-verify_hostname api.example.com", "-verify_ip 10.0.0.1",
				"-verify_hostname b.example.com", "-crl_check -CRLfile ca.crl")) {
			assertThat(verify("sslserver", check, "tls/api.example.com.crt").out()).as(check).endsWith(": OK\n");
		}
		assertThat(verify("sslclient", "", "tls/api.example.com.crt").status()).isNotZero();
	}

	@Test
	void clientHasItsNames() throws Exception {
		this.pki.process.succeed("cert", "create", "--client", "--name", "billing", "--san",
				"uri:spiffe://example.com/billing", "--san", "email:billing@example.com", "--san",
				"billing.example.com", "--san", "::1", "--ca", "ca.crt", "--file", "b");
		assertThat(this.pki.certificate("b.crt").getSubjectAlternativeNames())
			.extracting((name) -> (Object) name.get(1))
			.containsExactlyInAnyOrder("spiffe://example.com/billing", "billing@example.com", "billing.example.com",
					"0:0:0:0:0:0:0:1");
		assertThat(verify("sslclient", "", "b.crt").out()).isEqualTo("b.crt: OK\n");
		assertThat(verify("sslserver", "", "b.crt").status()).isNotZero();
	}

	@ParameterizedTest
	@CsvSource({ "ec, EC", "rsa, RSA", "rsa-2048, RSA", "ed25519, Ed" })
	void nodeIsServerAndClientWithAnyKey(String type, String algorithm) throws Exception {
		this.pki.process.succeed("cert", "create", "--server", "--client", "--name", "node.example.com", "--key-type",
				type, "--ca", "ca.crt");
		assertThat(this.pki.certificate("node.example.com.crt").getPublicKey().getAlgorithm()).startsWith(algorithm);
		assertThat(verify("sslserver", "", "node.example.com.crt").status()).isZero();
		assertThat(verify("sslclient", "", "node.example.com.crt").status()).isZero();
	}

	@Test
	void storeHoldsKeyAndChain() throws Exception {
		Files.writeString(this.directory.resolve("password"), "from a file\n");
		this.pki.process.succeed("cert", "create", "--client", "--name", "a", "--ca", "ca.crt", "--pkcs12",
				"--pkcs12-password-file", "password");
		new CommandProcess(this.directory, Map.of("STORE_PASSWORD", "from the environment")).succeed("cert", "create",
				"--client", "--name", "b", "--ca", "ca.crt", "--pkcs12", "--pkcs12-password-env", "STORE_PASSWORD");
		for (Map.Entry<String, String> store : Map.of("a", "from a file", "b", "from the environment").entrySet()) {
			Path file = this.directory.resolve(store.getKey() + ".p12");
			KeyStore read = KeyStore.getInstance("PKCS12");
			read.load(new ByteArrayInputStream(Files.readAllBytes(file)), store.getValue().toCharArray());
			assertThat(read.getKey("mtls", store.getValue().toCharArray())).isNotNull();
			assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file))).isEqualTo("rw-------");
			assertThat(this.directory.resolve(store.getKey() + ".key")).doesNotExist();
		}
	}

	@Test
	void keyOfTheAuthorityMayBeEncrypted() throws Exception {
		assertThat(this.pki.process
			.run(List.of("openssl", "pkcs8", "-topk8", "-in", "ca.key", "-out", "locked.key", "-passout",
					"pass:secret"))
			.status()).isZero();
		Files.writeString(this.directory.resolve("password"), "secret\nanother line");
		String[] create = { "cert", "create", "--client", "--name", "a", "--ca", "ca.crt", "--ca-key", "locked.key" };
		this.pki.process.mtls(create)
			.assertFailed(ExitStatus.FAILED, "Password of locked.key: There is no terminal to ask for it",
					"Use --password-file or --password-env");
		assertThat(this.directory.resolve("a.crt")).doesNotExist();
		this.pki.process.succeed(with(create, "--password-file", "password"));
		new CommandProcess(this.directory, Map.of("CA_PASSWORD", "secret"))
			.succeed(with(create, "--password-env", "CA_PASSWORD", "--force"));
		new CommandProcess(this.directory, Map.of("CA_PASSWORD", "wrong"))
			.mtls(with(create, "--password-env", "CA_PASSWORD", "--force"))
			.assertFailed(ExitStatus.FAILED, "locked.key", "password");
	}

	@Test
	void fileThatExistsIsReplacedByForceAlone() throws Exception {
		X509Certificate before = this.pki.client("a");
		String[] create = { "cert", "create", "--client", "--name", "a", "--ca", "ca.crt" };
		this.pki.process.mtls(create).assertFailed(ExitStatus.FAILED, "a.crt: The file exists already", "--force");
		assertThat(this.pki.certificate("a.crt")).isEqualTo(before);
		this.pki.process.succeed(with(create, "--force"));
		assertThat(this.pki.certificate("a.crt")).isNotEqualTo(before);
	}

	@Test
	void jsonTellsFilesAndCertificate() {
		String json = this.pki.process.succeed("cert", "create", "--client", "--name", "a", "--ca", "ca.crt", "--json");
		assertThat(json).startsWith("{")
			.contains("\"certificate\" : \"a.crt\"", "\"privateKey\" : \"a.key\"", "\"subject\" : \"CN=a\"",
					"\"extendedKeyUsage\" : [ \"clientAuth\" ]", "\"serialNumber\" : \""
							+ CertificateDetails.hexadecimal(this.pki.certificate("a.crt").getSerialNumber()) + "\"");
	}

	@Test
	void nameOfTheFilesStaysInTheDirectory() {
		assertThat(
				this.pki.process.succeed("cert", "create", "--client", "--name", "../../etc/a b;c", "--ca", "ca.crt"))
			.contains("etc-a-b-c.crt");
		assertThat(this.directory.resolve("etc-a-b-c.crt")).exists();
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|',
			textBlock = """
					--san=ip:10.0.0.300                     | --san=ip:10.0.0.300: It is no such name
					--san=phone:1                           | --san=phone:1: It is no such name
					--ca=a.crt --force                      | a.crt
					--ca-key=none.key                       | --ca-key=file:none.key: There is no such file
					--pkcs12                                | Password for a.p12: There is no terminal
					--pkcs12-password-env=X                 | Add --pkcs12
					--pkcs12 --pkcs12-password-env=NOT_SET  | --pkcs12-password-env=NOT_SET: There is no such environment variable
					""")
	void whatCannotBeDoneIsAnsweredInOneLine(String args, String expected) {
		this.pki.client("b");
		String[] create = { "cert", "create", "--client", "--name", "a" };
		String[] others = args.replace("--ca=a.crt", "--ca=b.crt").split(" +");
		String[] all = args.contains("--ca=") ? with(create, others) : with(with(create, "--ca", "ca.crt"), others);
		this.pki.process.mtls(all).assertFailed(ExitStatus.FAILED, expected.replace("a.crt", "b.crt"));
		assertThat(this.directory.resolve("a.key")).doesNotExist();
	}

	private CommandProcess.Result verify(String purpose, String options, String file) {
		List<String> command = new ArrayList<>(
				List.of("openssl", "verify", "-CAfile", "ca.crt", "-purpose", purpose, "-x509_strict"));
		if (!options.isEmpty()) {
			command.addAll(List.of(options.split(" ")));
		}
		command.add(file);
		return this.pki.process.run(command);
	}

	private static String[] with(String[] args, String... others) {
		String[] all = Arrays.copyOf(args, args.length + others.length);
		System.arraycopy(others, 0, all, args.length, others.length);
		return all;
	}

}
