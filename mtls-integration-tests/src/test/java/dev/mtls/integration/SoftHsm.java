package dev.mtls.integration;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.Provider;
import java.security.Security;
import java.security.cert.X509Certificate;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import dev.mtls.test.TestCertificate;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tokens of SoftHSM. Its library reads where they are from a file that an environment
 * variable of this process names, and looks for tokens once: all of them are made before
 * anything uses one.
 */
final class SoftHsm {

	static final String PIN = "4711-geheim";

	private static final Pattern SLOT = Pattern.compile("reassigned to slot (\\d+)");

	private final Path directory;

	private final String library;

	private final Map<String, String> slots = new HashMap<>();

	private final Map<String, Path> directories = new HashMap<>();

	private SoftHsm(Path directory) {
		this.directory = directory;
		this.library = Stream
			.of("/usr/lib/softhsm", "/usr/lib64/softhsm", "/usr/lib64/pkcs11", "/usr/local/lib/softhsm",
					"/opt/homebrew/lib/softhsm")
			.map((folder) -> folder + "/libsofthsm2.so")
			.filter((file) -> Files.exists(Path.of(file)))
			.findFirst()
			.orElseThrow();
	}

	/**
	 * Make tokens.
	 * @param directory where to keep them
	 * @param tokens their labels
	 * @return the tokens
	 */
	static SoftHsm create(Path directory, String... tokens) throws IOException, InterruptedException {
		SoftHsm softHsm = new SoftHsm(directory);
		Files.createDirectories(softHsm.tokens());
		Files.writeString(Path.of(Objects.requireNonNull(System.getenv("SOFTHSM2_CONF"))), """
				directories.tokendir = %s
				objectstore.backend = file
				log.level = ERROR
				""".formatted(softHsm.tokens()));
		for (String token : tokens) {
			String output = softHsm.run("--init-token", "--free", "--label", token, "--so-pin", PIN, "--pin", PIN);
			Matcher slot = SLOT.matcher(output);
			assertThat(slot.find()).as(output).isTrue();
			softHsm.slots.put(token, slot.group(1));
			softHsm.rememberDirectory(token);
		}
		return softHsm;
	}

	/**
	 * Where the tokens are.
	 * @return the directory of SoftHSM
	 */
	Path tokens() {
		return this.directory.resolve("tokens");
	}

	String library() {
		return this.library;
	}

	/**
	 * A configuration of a token for SunPKCS11.
	 * @param token the label of the token, which gives the configuration its name
	 * @return its text
	 */
	String configuration(String token) {
		return configuration(token, Objects.requireNonNull(this.slots.get(token)));
	}

	String configuration(String name, String slot) {
		return "name = %s\nlibrary = %s\nslot = %s\n".formatted(name, this.library, slot);
	}

	/**
	 * Write a configuration of a token to a file.
	 * @param token the label of the token
	 * @return the location of the file
	 */
	String configurationFile(String token) throws IOException {
		return "file:" + Files.writeString(this.directory.resolve(token + ".cfg"), configuration(token));
	}

	/**
	 * Open a token for writing, with a provider that is not registered and makes keys
	 * that cannot leave it.
	 * @param token the label of the token
	 * @return the token
	 */
	KeyStore open(String token) throws GeneralSecurityException, IOException {
		Provider provider = Security.getProvider("SunPKCS11").configure("--" + configuration(token) + """
				attributes(*, CKO_PRIVATE_KEY, *) = {
				  CKA_SENSITIVE = true
				  CKA_EXTRACTABLE = false
				}
				""");
		KeyStore keyStore = KeyStore.getInstance("PKCS11", provider);
		keyStore.load(null, PIN.toCharArray());
		return keyStore;
	}

	/**
	 * Write a key and its chain to a token.
	 * @param token the label of the token
	 * @param alias the alias of the key
	 * @param certificate the key and chain
	 */
	void write(String token, String alias, TestCertificate certificate) throws GeneralSecurityException, IOException {
		open(token).setKeyEntry(alias, certificate.privateKey(), null,
				certificate.chain().toArray(X509Certificate[]::new));
	}

	/**
	 * Give a key another certificate.
	 * @param token the label of the token
	 * @param alias the alias of the key
	 * @param chain the new chain
	 */
	void renew(String token, String alias, List<X509Certificate> chain) throws GeneralSecurityException, IOException {
		KeyStore keyStore = open(token);
		PrivateKey key = (PrivateKey) keyStore.getKey(alias, null);
		assertThat(key.getEncoded()).as("a key that cannot leave the token").isNull();
		keyStore.setKeyEntry(alias, key, null, chain.toArray(X509Certificate[]::new));
	}

	/**
	 * Import a key without a certificate.
	 * @param token the label of the token
	 * @param certificate the key
	 */
	void importKey(String token, TestCertificate certificate) throws IOException, InterruptedException {
		Path file = Files.writeString(Files.createTempFile(this.directory, "import", ".key"),
				certificate.privateKeyPem());
		run("--import", file.toString(), "--token", token, "--label", "bare", "--id", "b0", "--pin", PIN);
	}

	/**
	 * Take the files of a token away, for good: the library does not find them again.
	 * @param token the label of the token
	 */
	void remove(String token) throws IOException {
		Files.move(Objects.requireNonNull(this.directories.get(token)), this.directory.resolve(token));
	}

	private void rememberDirectory(String token) throws IOException {
		try (Stream<Path> all = Files.list(tokens())) {
			this.directories.put(token,
					all.filter((each) -> !this.directories.containsValue(each)).findFirst().orElseThrow());
		}
	}

	private String run(String... arguments) throws IOException, InterruptedException {
		Program program = Program.run(this.directory, "",
				Stream.concat(Stream.of("softhsm2-util"), Stream.of(arguments)).toList());
		assertThat(program.exitCode()).as(program.errors()).isZero();
		return program.output();
	}

}
