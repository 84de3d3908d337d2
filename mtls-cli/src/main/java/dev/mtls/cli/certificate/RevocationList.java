package dev.mtls.cli.certificate;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.StringWriter;
import java.math.BigInteger;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.GeneralSecurityException;
import java.security.cert.CRLException;
import java.security.cert.CRLReason;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509CRL;
import java.security.cert.X509CRLEntry;
import java.time.Duration;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

import org.bouncycastle.asn1.ASN1Integer;
import org.bouncycastle.asn1.ASN1OctetString;
import org.bouncycastle.util.io.pem.PemObject;
import org.bouncycastle.util.io.pem.PemWriter;
import org.jspecify.annotations.Nullable;

import dev.mtls.authority.CertificateAuthority;
import dev.mtls.authority.CertificateFiles;
import dev.mtls.authority.RevocationListRequest;
import dev.mtls.cli.console.PemFile;
import dev.mtls.decision.MtlsException;
import dev.mtls.decision.Reason;

/**
 * The file of an authority's CRL, which is all that is kept about what was revoked.
 */
final class RevocationList {

	private static final String CRL_NUMBER = "2.5.29.20";

	private final PemFile file;

	RevocationList(PemFile file) {
		this.file = file;
	}

	/**
	 * Write a list that has no entry.
	 * @param authority signs it
	 * @param validity how long it counts
	 * @param files writes it
	 */
	void create(CertificateAuthority authority, Duration validity, CertificateFiles files) {
		write(authority.revocationList(RevocationListRequest.of(1).validity(validity)), files);
	}

	/**
	 * Add serial numbers to the list, and sign it anew. Whoever else does so meanwhile
	 * waits.
	 * @param authority signs it
	 * @param serialNumbers what to add; what is there already is left as it is
	 * @param reason why
	 * @param validity how long the list counts
	 * @return how many were added
	 * @throws MtlsException if the list there is cannot be read, or is of another
	 * authority
	 */
	int revoke(CertificateAuthority authority, Set<BigInteger> serialNumbers, CRLReason reason, Duration validity) {
		Path lock = this.file.path().resolveSibling("." + this.file.path().getFileName() + ".lock");
		try (FileChannel channel = FileChannel.open(lock, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
			FileLock held = channel.lock();
			try {
				return revokeAlone(authority, serialNumbers, reason, validity);
			}
			finally {
				held.release();
			}
		}
		catch (IOException ex) {
			throw new MtlsException(Reason.TARGET_UNWRITABLE, lock.toString(), "It cannot be written",
					"Let this user write to the directory", ex);
		}
	}

	/**
	 * Read the list.
	 * @return the list
	 * @throws MtlsException if it cannot be read
	 */
	X509CRL read() {
		try {
			return (X509CRL) CertificateFactory.getInstance("X.509")
				.generateCRL(new ByteArrayInputStream(this.file.bytes()));
		}
		catch (CRLException | CertificateException ex) {
			throw new MtlsException(Reason.CRL_INVALID, place(), "It is no CRL, or a damaged one",
					"Restore it from a copy: what was revoked is known nowhere else", ex);
		}
	}

	/**
	 * The entries of a list, the latest first.
	 * @param crl the list
	 * @return the entries
	 */
	static List<? extends X509CRLEntry> entries(X509CRL crl) {
		Set<? extends X509CRLEntry> entries = crl.getRevokedCertificates();
		if (entries == null) {
			return List.of();
		}
		return entries.stream()
			.sorted(Comparator.comparing(X509CRLEntry::getRevocationDate)
				.reversed()
				.thenComparing(X509CRLEntry::getSerialNumber))
			.toList();
	}

	/**
	 * The number of a list (RFC 5280, section 5.2.3).
	 * @param crl the list
	 * @return the number, or {@code null} if it has none
	 */
	static @Nullable BigInteger number(X509CRL crl) {
		byte[] extension = crl.getExtensionValue(CRL_NUMBER);
		return (extension != null)
				? ASN1Integer.getInstance(ASN1OctetString.getInstance(extension).getOctets()).getValue() : null;
	}

	/**
	 * Why a certificate was revoked, as it is written here.
	 * @param reason the reason, or {@code null} if the entry tells none
	 * @return its name, such as {@code key-compromise}
	 */
	static String nameOf(@Nullable CRLReason reason) {
		return ((reason != null) ? reason : CRLReason.UNSPECIFIED).name().toLowerCase(Locale.ROOT).replace('_', '-');
	}

	private int revokeAlone(CertificateAuthority authority, Set<BigInteger> serialNumbers, CRLReason reason,
			Duration validity) {
		Map<BigInteger, X509CRLEntry> before = new LinkedHashMap<>();
		long number = 1;
		if (Files.exists(this.file.path())) {
			X509CRL crl = readOf(authority);
			BigInteger last = number(crl);
			number = (last != null) ? last.longValueExact() + 1 : 1;
			entries(crl).forEach((entry) -> before.put(entry.getSerialNumber(), entry));
		}
		RevocationListRequest request = RevocationListRequest.of(number).validity(validity);
		for (X509CRLEntry entry : before.values()) {
			request = request.revoke(entry.getSerialNumber(), entry.getRevocationDate().toInstant(),
					(entry.getRevocationReason() != null) ? entry.getRevocationReason() : CRLReason.UNSPECIFIED);
		}
		int added = 0;
		for (BigInteger serialNumber : serialNumbers) {
			if (!before.containsKey(serialNumber)) {
				request = request.revoke(serialNumber, null, reason);
				added++;
			}
		}
		write(authority.revocationList(request), CertificateFiles.replacing());
		return added;
	}

	private X509CRL readOf(CertificateAuthority authority) {
		X509CRL crl = read();
		try {
			crl.verify(authority.certificate().getPublicKey());
		}
		catch (GeneralSecurityException ex) {
			throw new MtlsException(Reason.CRL_INVALID, place(),
					"It is not signed by this authority, but by %s".formatted(crl.getIssuerX500Principal().getName()),
					"Name the list of this authority with --crl", ex);
		}
		return crl;
	}

	private void write(byte[] der, CertificateFiles files) {
		StringWriter text = new StringWriter();
		try (PemWriter writer = new PemWriter(text)) {
			writer.writeObject(new PemObject("X509 CRL", der));
		}
		catch (IOException ex) {
			throw new IllegalStateException("A text cannot fail", ex);
		}
		files.writeCertificates(text.toString(), this.file.path());
	}

	private String place() {
		return this.file.option() + "=" + this.file.path();
	}

}
