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

import dev.mtls.authority.CertificateAuthority;
import dev.mtls.authority.CertificateFiles;
import dev.mtls.authority.CertificateRequest;
import dev.mtls.authority.IssuedCertificate;
import dev.mtls.decision.MtlsException;
import dev.mtls.decision.Reason;

/**
 * A CA, a server and a client certificate for development in a directory: made when they
 * are missing, used again while they last, and renewed before they run out.
 */
public final class DevCertificates {

	/**
	 * The password of {@code client.p12}.
	 */
	static final String PASSWORD = "changeit";

	private static final Duration LEAF_VALIDITY = Duration.ofDays(90);

	private static final Duration RENEWED_BEFORE_END = Duration.ofDays(1);

	private final DevDirectory directory;

	private final InstantSource clock;

	/**
	 * Create certificates in a directory. Nothing is read or written yet.
	 * @param directory the directory, which is created if it does not exist
	 * @param clock the clock
	 */
	public DevCertificates(Path directory, InstantSource clock) {
		this.directory = new DevDirectory(directory);
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
	public synchronized void provide() {
		this.directory.create();
		try (FileChannel lock = FileChannel.open(this.directory.path().resolve(".lock"), StandardOpenOption.CREATE,
				StandardOpenOption.WRITE)) {
			lock.lock();
			CertificateAuthority authority = authority();
			provideLeaf(authority, "server",
					CertificateRequest.server("localhost").ip("127.0.0.1", "::1").validity(LEAF_VALIDITY).build());
			if (provideLeaf(authority, "client",
					CertificateRequest.client("dev-client")
						.dns("client.dev.local")
						.uri("spiffe://dev.local/client")
						.validity(LEAF_VALIDITY)
						.build())
					|| !Files.exists(this.directory.path().resolve("client.p12"))) {
				writeStore(this.directory.read("client"));
			}
		}
		catch (IOException ex) {
			throw new MtlsException(Reason.TARGET_UNWRITABLE, "mtls.dev.directory=" + this.directory.path(),
					"the directory cannot be locked: " + ex, "make it writable, or choose another", ex);
		}
	}

	private CertificateAuthority authority() {
		if (this.directory.holds("ca")) {
			IssuedCertificate existing = this.directory.read("ca");
			if (lasts(existing, this.clock.instant())) {
				return CertificateAuthority.open(existing.privateKey(), existing.chain(), this.clock);
			}
		}
		CertificateAuthority created = CertificateAuthority
			.create(CertificateRequest.authority("CN=mTLS development CA").build(), this.clock);
		this.directory.write(created.own(), "ca");
		return created;
	}

	private boolean provideLeaf(CertificateAuthority authority, String name, CertificateRequest request) {
		if (this.directory.holds(name)) {
			IssuedCertificate existing = this.directory.read(name);
			if (lasts(existing, this.clock.instant()) && isIssuedBy(existing, authority)) {
				return false;
			}
		}
		this.directory.write(authority.issue(request), name);
		return true;
	}

	private void writeStore(IssuedCertificate client) {
		CertificateFiles.replacing()
			.writePrivate(client.pkcs12(PASSWORD.toCharArray()), this.directory.path().resolve("client.p12"));
	}

	private static boolean lasts(IssuedCertificate issued, Instant now) {
		return now.plus(RENEWED_BEFORE_END).isBefore(issued.certificate().getNotAfter().toInstant());
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
