package dev.mtls.revocation;

import java.security.cert.X509Certificate;
import java.util.List;
import java.util.stream.Stream;

import dev.mtls.decision.Reason;
import dev.mtls.decision.Verdict;

/**
 * CRLs whose issuer is not known yet, such as those of an intermediate that only peers
 * present. They stay unread until a path brings the issuer, and within a bound.
 * Immutable.
 */
public final class PendingCrls {

	/**
	 * No CRLs. Those that are added can have 256 MiB in all.
	 */
	public static final PendingCrls EMPTY = new PendingCrls(List.of(), 256L << 20);

	/**
	 * How many CRLs can wait.
	 */
	public static final int MAX_COUNT = 64;

	private final List<CrlDocument> documents;

	private final long maxLength;

	/**
	 * Create them.
	 * @param documents the CRLs that wait
	 * @param maxLength how many bytes they can have in all
	 */
	PendingCrls(List<CrlDocument> documents, long maxLength) {
		this.documents = documents;
		this.maxLength = maxLength;
	}

	/**
	 * Add a CRL.
	 * @param document the CRL
	 * @return the CRLs with it, which are these if an equal one is among them; or a
	 * refusal with {@link Reason#CRL_INVALID} if there are as many as there can be. None
	 * takes the place of another, because nothing that they say is verified
	 */
	public Verdict<PendingCrls> with(CrlDocument document) {
		if (this.documents.contains(document)) {
			return Verdict.accepted(this);
		}
		long length = document.length() + this.documents.stream().mapToLong(CrlDocument::length).sum();
		if (this.documents.size() == MAX_COUNT || length > this.maxLength) {
			return Verdict.refused(Reason.CRL_INVALID,
					"CRL %s of %s: its issuer is not known, and no more than %d such CRLs of %d bytes in all are kept"
						.formatted(document.place(), CrlNames.of(document.issuer()), MAX_COUNT, this.maxLength));
		}
		return Verdict.accepted(with(Stream.concat(this.documents.stream(), Stream.of(document))));
	}

	/**
	 * Take a CRL out, after it was verified or refused.
	 * @param document the CRL
	 * @return the CRLs without it
	 */
	public PendingCrls without(CrlDocument document) {
		return with(this.documents.stream().filter((other) -> !other.equals(document)));
	}

	/**
	 * The CRLs that a CA may have issued, which {@link CrlDocument#verify} tells.
	 * @param candidate the certificate of the CA, out of a path that was verified
	 * @return those of its name and, where both say so, its key
	 */
	public List<CrlDocument> issuedBy(X509Certificate candidate) {
		return this.documents.stream().filter((document) -> document.mayBeIssuedBy(candidate)).toList();
	}

	/**
	 * The CRLs that wait.
	 * @return all of them, in the order in which they came
	 */
	public List<CrlDocument> documents() {
		return this.documents;
	}

	@Override
	public String toString() {
		return "PendingCrls%s".formatted(this.documents);
	}

	private PendingCrls with(Stream<CrlDocument> changed) {
		return new PendingCrls(changed.toList(), this.maxLength);
	}

}
