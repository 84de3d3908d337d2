package dev.mtls.boot.dev;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

import dev.mtls.authority.CertificateAuthority;
import dev.mtls.authority.CertificateFiles;
import dev.mtls.authority.CertificateRequest;
import dev.mtls.authority.IssuedCertificate;
import dev.mtls.decision.MtlsException;
import dev.mtls.decision.Reason;

/**
 * A CA and the certificates of a server, a client and an administrator for development in
 * a directory: made when they are missing, used again while they last, and renewed before
 * they run out.
 */
public final class DevCertificates {

	/**
	 * The password of {@code client.p12}.
	 */
	static final String PASSWORD = "changeit";

	private static final Log logger = LogFactory.getLog("dev.mtls");

	private static final Duration LEAF_VALIDITY = Duration.ofDays(90);

	private static final Duration RENEWED_BEFORE_END = Duration.ofDays(1);

	private final DevDirectory directory;

	private final InstantSource clock;

	private boolean warned;

	/**
	 * Create certificates in a directory. Nothing is read or written yet.
	 * @param directory the directory, which is created if it does not exist
	 * @param clock the clock
	 * @throws MtlsException if that is no name of a directory
	 */
	public DevCertificates(String directory, InstantSource clock) {
		this.directory = DevDirectory.of(directory);
		this.clock = clock;
	}

	/**
	 * The directory.
	 * @return the absolute path
	 */
	public Path directory() {
		return this.directory.path();
	}

	/**
	 * Make whatever is missing or about to run out. Applications that share the directory
	 * wait for each other.
	 * @throws MtlsException if a file in the directory cannot be read, used or written
	 */
	public void provide() {
		// A lock on a file is held by the whole JVM, and fails where it has it already
		synchronized (DevCertificates.class) {
			provideLocked();
			if (!this.warned) {
				logger.warn(
						"DEVELOPMENT CERTIFICATES ARE IN USE: whoever can read %s gets in. Never use them in production."
							.formatted(directory()));
				this.warned = true;
			}
		}
	}

	private void provideLocked() {
		this.directory.create();
		try (FileChannel lock = FileChannel.open(this.directory.path().resolve(".lock"), StandardOpenOption.CREATE,
				StandardOpenOption.WRITE)) {
			lock.lock();
			CertificateAuthority authority = authority();
			if (!lasts("server", authority)) {
				this.directory.write(authority.issue(server()), "server");
			}
			if (!lasts("client", authority)) {
				// First, so that it is made anew even if that is not reached now
				Files.deleteIfExists(store());
				this.directory.write(authority.issue(client()), "client");
			}
			if (!lasts("admin", authority)) {
				this.directory.write(authority.issue(admin()), "admin");
			}
			if (!Files.exists(store())) {
				CertificateFiles.replacing()
					.writePrivate(this.directory.read("client").pkcs12(PASSWORD.toCharArray()), store());
			}
		}
		catch (IOException ex) {
			throw new MtlsException(Reason.TARGET_UNWRITABLE, "mtls.dev.directory=" + this.directory.path(),
					"the directory cannot be locked: " + ex, "make it writable, or choose another", ex);
		}
	}

	private CertificateAuthority authority() {
		if (this.directory.holds("ca")) {
			if (lasts(this.directory.read("ca"))) {
				return this.directory.openAuthority(this.clock);
			}
		}
		CertificateAuthority created = CertificateAuthority
			.create(CertificateRequest.authority("CN=mTLS development CA").build(), this.clock);
		this.directory.write(created.own(), "ca");
		return created;
	}

	private boolean lasts(String name, CertificateAuthority authority) {
		if (!this.directory.holds(name)) {
			return false;
		}
		IssuedCertificate existing = this.directory.read(name);
		return lasts(existing) && isIssuedBy(existing, authority);
	}

	private boolean lasts(IssuedCertificate issued) {
		Instant end = issued.certificate().getNotAfter().toInstant();
		return this.clock.instant().plus(RENEWED_BEFORE_END).isBefore(end);
	}

	private Path store() {
		return directory().resolve("client.p12");
	}

	private static CertificateRequest server() {
		return CertificateRequest.server("localhost").ip("127.0.0.1", "::1").validity(LEAF_VALIDITY).build();
	}

	private static CertificateRequest client() {
		return CertificateRequest.client("dev-client")
			.dns("client.dev.local")
			.uri("spiffe://dev.local/client")
			.validity(LEAF_VALIDITY)
			.build();
	}

	private static CertificateRequest admin() {
		return CertificateRequest.client("dev-admin")
			.dns("admin.dev.local")
			.uri("spiffe://dev.local/admin")
			.validity(LEAF_VALIDITY)
			.build();
	}

	private static boolean isIssuedBy(IssuedCertificate issued, CertificateAuthority authority) {
		try {
			issued.certificate().verify(authority.certificate().getPublicKey());
			return true;
		}
		catch (GeneralSecurityException ex) {
			// Left over from an earlier CA
			return false;
		}
	}

}
