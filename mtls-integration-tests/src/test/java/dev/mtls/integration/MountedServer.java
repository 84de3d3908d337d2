package dev.mtls.integration;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import java.util.Base64;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import dev.mtls.event.MtlsEvent;
import dev.mtls.test.TestAuthority;
import dev.mtls.test.TestCertificate;

/**
 * A server whose material, trust, rules and pins are mounted files, and whose kill switch
 * is a file. It admits two peers of two authorities, until something changes.
 */
final class MountedServer implements AutoCloseable {

	static final String STAYING = "staying.example";

	static final String LEAVING = "leaving.example";

	private final TestAuthority authority = TestAuthority.create();

	private final TestAuthority otherAuthority = TestAuthority.create();

	private final TestCertificate staying = this.authority.client(STAYING);

	private final TestCertificate leaving = this.otherAuthority.client(LEAVING);

	private final Path killSwitch;

	private final MountedFiles files;

	private final TestServer server;

	private MountedServer(Path directory, String... properties) {
		this.killSwitch = directory.resolve("kill");
		this.files = new MountedFiles(directory);
		this.files.swap(Map.of("networks", "127.0.0.1\n"));
		this.files.swap(serverCertificate());
		allowBoth();
		this.server = TestServer.start(Stream
			.concat(Stream.of(properties),
					Stream.of("mtls.reload.interval=100ms", property("certificate", "server.crt"),
							property("private-key", "server.key"), property("trust-certificates", "trust.crt"),
							property("allowed-clients", "clients"), property("allowed-networks", "networks"),
							property("pins", "pins"), property("revocation.crls[0]", "staying.crl"),
							property("revocation.crls[1]", "leaving.crl"), "mtls.kill-switch=file:" + this.killSwitch))
			.toArray(String[]::new));
	}

	static MountedServer start(Path directory, String... properties) {
		return new MountedServer(directory, properties);
	}

	TestServer server() {
		return this.server;
	}

	EventRecorder events() {
		return this.server.events();
	}

	TestAuthority authority() {
		return this.authority;
	}

	TestCertificate staying() {
		return this.staying;
	}

	TestCertificate leaving() {
		return this.leaving;
	}

	/**
	 * Change files, and await that they are taken.
	 * @param changes contents by the names of the files
	 * @return the reload
	 */
	MtlsEvent.Reloaded reload(Map<String, String> changes) {
		this.files.swap(changes);
		return events().await(MtlsEvent.Reloaded.class);
	}

	/**
	 * Change files, and await that they are not taken.
	 * @param changes contents by the names of the files
	 * @return why not
	 */
	MtlsEvent.ReloadKept breakFiles(Map<String, String> changes) {
		this.files.swap(changes);
		return events().await(MtlsEvent.ReloadKept.class);
	}

	/**
	 * Create or delete the file of the kill switch, and await that it is noticed.
	 * @param engaged whether to refuse everybody
	 * @return the change
	 */
	MtlsEvent.KillSwitchChanged kill(boolean engaged) throws IOException {
		if (engaged) {
			Files.createFile(this.killSwitch);
		}
		else {
			Files.delete(this.killSwitch);
		}
		return events().await(MtlsEvent.KillSwitchChanged.class);
	}

	/**
	 * A new certificate and key of the server.
	 * @return contents by the names of the files
	 */
	Map<String, String> serverCertificate() {
		TestCertificate certificate = this.authority.server();
		return Map.of("server.crt", certificate.chainPem(), "server.key", certificate.privateKeyPem());
	}

	/**
	 * Rules that admit clients.
	 * @param names their DNS names
	 * @return contents by the names of the files
	 */
	static Map<String, String> clients(String... names) {
		return Map.of("clients", "# who may come in\n" + String.join("\n", names) + "\n");
	}

	/**
	 * Pins of clients.
	 * @param certificates their certificates
	 * @return contents by the names of the files
	 */
	static Map<String, String> pins(TestCertificate... certificates) {
		return Map.of("pins", Arrays.stream(certificates).map(MountedServer::pin).collect(Collectors.joining("\n")));
	}

	/**
	 * Trust in authorities.
	 * @param authorities the authorities
	 * @return contents by the names of the files
	 */
	static Map<String, String> trust(TestAuthority... authorities) {
		return Map.of("trust.crt",
				Arrays.stream(authorities).map(TestAuthority::anchorPem).collect(Collectors.joining("\n")));
	}

	/**
	 * A new CRL of the authority that issued the certificate of the leaving peer.
	 * @param revoked what it lists
	 * @return contents by the names of the files
	 */
	Map<String, String> revoked(TestCertificate... revoked) {
		return Map.of("leaving.crl", crl(this.otherAuthority, revoked));
	}

	Map<String, String> bothTrusted() {
		return trust(this.authority, this.otherAuthority);
	}

	@Override
	public void close() {
		this.server.close();
	}

	private void allowBoth() {
		this.files.swap(clients(STAYING, LEAVING));
		this.files.swap(pins(this.staying, this.leaving));
		this.files.swap(bothTrusted());
		this.files.swap(Map.of("staying.crl", crl(this.authority)));
		this.files.swap(revoked());
	}

	private static String crl(TestAuthority authority, TestCertificate... revoked) {
		byte[] crl = authority
			.crl(Arrays.stream(revoked).map(TestCertificate::certificate).toArray(X509Certificate[]::new));
		return "-----BEGIN X509 CRL-----\n%s\n-----END X509 CRL-----\n"
			.formatted(Base64.getMimeEncoder().encodeToString(crl));
	}

	private String property(String name, String file) {
		return "mtls.server.%s=file:%s".formatted(name, this.files.path(file));
	}

	private static String pin(TestCertificate certificate) {
		try {
			byte[] digest = MessageDigest.getInstance("SHA-256")
				.digest(certificate.certificate().getPublicKey().getEncoded());
			return "spki-sha256:" + Base64.getEncoder().encodeToString(digest);
		}
		catch (NoSuchAlgorithmException ex) {
			throw new IllegalStateException(ex);
		}
	}

}
