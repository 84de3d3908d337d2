package dev.mtls.revocation;

import java.nio.ByteBuffer;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.zip.CRC32C;

import javax.security.auth.x500.X500Principal;

import org.jspecify.annotations.Nullable;

import dev.mtls.decision.MtlsException;
import dev.mtls.decision.Reason;
import dev.mtls.decision.Verdict;
import dev.mtls.source.ContentHash;

/**
 * A CRL of which nothing but the outer structure was read: its signature is not verified,
 * so nothing that it says is true yet, and its entries were stepped over. Two documents
 * are equal if their bytes are.
 */
public final class CrlDocument {

	private static final String FIX = "Get the CRL again; openssl crl -noout -text shows whether it is whole";

	private final String place;

	private final byte[] der;

	private final CrlHeader header;

	private final ContentHash hash;

	private CrlDocument(String place, byte[] der) throws MalformedCrlException {
		this.place = place;
		this.der = der;
		this.header = CrlHeader.read(der);
		this.hash = hash(der, this.header.entries());
	}

	/**
	 * Read CRLs.
	 * @param place where they are from, for messages
	 * @param content one CRL in DER, or PEM with one or more blocks named
	 * {@code X509 CRL}, and any text around them; copied
	 * @return the documents, in their order
	 * @throws MtlsException with {@link Reason#CRL_INVALID} if it is neither, or one of
	 * them is damaged
	 */
	public static List<CrlDocument> read(String place, byte[] content) {
		try {
			List<byte[]> encoded = isLongSequence(content) ? List.of() : PemCrls.read(content);
			if (encoded.isEmpty()) {
				return List.of(new CrlDocument(place, content.clone()));
			}
			List<CrlDocument> documents = new ArrayList<>();
			for (byte[] der : encoded) {
				documents.add(new CrlDocument(place, der));
			}
			return List.copyOf(documents);
		}
		catch (MalformedCrlException ex) {
			throw new MtlsException(Reason.CRL_INVALID, place, "It is no CRL: " + ex.problem(), FIX, ex);
		}
	}

	/**
	 * Verify the signature, and only then read the entries.
	 * @param issuer the certificate of a CA
	 * @return the CRL; or a refusal with {@link Reason#CRL_INVALID} if the CA is not its
	 * issuer or may not sign CRLs, the signature is wrong or made with a weak algorithm,
	 * an entry is malformed, or the CRL asks for what is not supported
	 */
	public Verdict<Crl> verify(X509Certificate issuer) {
		return new CrlVerification(this).verify(issuer);
	}

	/**
	 * Whether a CA may be the one that issued this CRL: its name is that of the issuer
	 * and, where both say so, its key has the identifier of the issuer's key.
	 * @param candidate the certificate of a CA
	 * @return {@code false} if the signature cannot be that of its key
	 */
	public boolean mayBeIssuedBy(X509Certificate candidate) {
		return issuer().equals(candidate.getSubjectX500Principal())
				&& SubjectKey.mayBe(candidate, this.header.extensions().issuerKey());
	}

	/**
	 * Where the document is from.
	 * @return the place, such as {@code mtls.server.revocation.crls=file:ca.crl}
	 */
	public String place() {
		return this.place;
	}

	/**
	 * Who is said to have issued it.
	 * @return the name
	 */
	public X500Principal issuer() {
		return this.header.issuer();
	}

	/**
	 * When it is said to have been issued.
	 * @return the first second of its validity
	 */
	public Instant thisUpdate() {
		return this.header.validity().thisUpdate();
	}

	/**
	 * When the next one is said to be there at the latest.
	 * @return the end of its validity, or {@code null} if it has none
	 */
	public @Nullable Instant nextUpdate() {
		return this.header.validity().nextUpdate();
	}

	/**
	 * The hash of the bytes, in DER, of which the entries count by a checksum.
	 * @return the same hash for equal documents, wherever they are from; one that has the
	 * hash of a verified CRL is equal to it or not signed by its issuer
	 */
	public ContentHash hash() {
		return this.hash;
	}

	/**
	 * The number of bytes, in DER.
	 * @return how much memory the document holds
	 */
	public int length() {
		return this.der.length;
	}

	@Override
	public boolean equals(Object other) {
		return other instanceof CrlDocument document && this.hash.equals(document.hash)
				&& Arrays.equals(this.der, document.der);
	}

	@Override
	public int hashCode() {
		return this.hash.hashCode();
	}

	@Override
	public String toString() {
		return "CrlDocument[%s of %s]".formatted(this.place, CrlNames.of(issuer()));
	}

	byte[] der() {
		return this.der;
	}

	CrlHeader header() {
		return this.header;
	}

	// It has the signature in it, which stands for the entries as soon as it is verified.
	// The
	// checksum tells damage before that, in a tenth of the time that a digest takes
	private static ContentHash hash(byte[] der, CrlHeader.Part entries) {
		CRC32C checksum = new CRC32C();
		checksum.update(der, entries.start(), entries.length());
		return ContentHash
			.ofFields(List.of(Arrays.copyOf(der, entries.start()), Arrays.copyOfRange(der, entries.end(), der.length),
					ByteBuffer.allocate(Long.BYTES).putLong(checksum.getValue()).array()));
	}

	// Text cannot begin like this, and a CRL of any size does
	private static boolean isLongSequence(byte[] content) {
		return content.length > 1 && content[0] == DerCursor.SEQUENCE && content[1] < 0;
	}

}
