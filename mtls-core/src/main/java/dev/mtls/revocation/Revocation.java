package dev.mtls.revocation;

import java.net.URI;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;

import dev.mtls.decision.Decision;
import dev.mtls.decision.MtlsException;
import dev.mtls.decision.PrintableText;
import dev.mtls.decision.Verdict;

/**
 * What is known about the revocation of certificates. It never waits: what it misses it
 * names as requests, and takes what came of them. Safe for use by several threads.
 */
public final class Revocation {

	private final RevocationPolicy policy;

	private final OcspCache answers = new OcspCache();

	private final CrlFetches fetches = new CrlFetches();

	private volatile CrlSet crls = CrlSet.EMPTY;

	private volatile PendingCrls pending = PendingCrls.EMPTY;

	/**
	 * Begin with nothing known.
	 * @param policy where to learn it
	 */
	public Revocation(RevocationPolicy policy) {
		this.policy = policy;
	}

	/**
	 * Where it is learnt.
	 * @return the policy
	 */
	public RevocationPolicy policy() {
		return this.policy;
	}

	/**
	 * The CRLs that are held.
	 * @return the CRLs
	 */
	public CrlSet crls() {
		return this.crls;
	}

	/**
	 * What is known of a path.
	 * @param path the certificates of a verified path, the peer's own first, the anchor
	 * last
	 * @param now the current time
	 * @return {@code Revoked} if one of its certificates is, else {@code Unknown} if that
	 * is so of one in scope, else {@code Good} until the first of them is unknown
	 */
	public RevocationStatus check(List<X509Certificate> path, Instant now) {
		Instant validUntil = Instant.MAX;
		RevocationStatus unknown = null;
		for (int i = 0; i < inScope(path); i++) {
			RevocationStatus status = check(path.get(i), path.get(i + 1), now);
			if (status instanceof RevocationStatus.Revoked) {
				return status;
			}
			if (status instanceof RevocationStatus.Good good) {
				validUntil = good.validUntil().isBefore(validUntil) ? good.validUntil() : validUntil;
			}
			else {
				unknown = (unknown != null) ? unknown : status;
			}
		}
		return (unknown != null) ? unknown : new RevocationStatus.Good(validUntil);
	}

	/**
	 * What has to be done because it is not known whether a path is revoked.
	 * @param path the certificates of a verified path, the peer's own first, the anchor
	 * last
	 * @param now the current time
	 * @return what to do; empty if all is known, or nothing can be done at present
	 */
	public List<RevocationRequest> missing(List<X509Certificate> path, Instant now) {
		return requests(path, now, false);
	}

	/**
	 * What should be done so that what is known about a path does not run out.
	 * @param path the certificates of a verified path, the peer's own first, the anchor
	 * last
	 * @param now the current time
	 * @return what to do
	 */
	public List<RevocationRequest> due(List<X509Certificate> path, Instant now) {
		return requests(path, now, true);
	}

	/**
	 * Which of the configured addresses of CRLs should be fetched.
	 * @param now the current time
	 * @return what to do
	 */
	public List<RevocationRequest> due(Instant now) {
		return this.policy.crlAddresses()
			.stream()
			.filter((address) -> this.fetches.isDue(address, now))
			.<RevocationRequest>map((address) -> new RevocationRequest.FetchCrl(address, List.of()))
			.toList();
	}

	/**
	 * Take CRLs. Those whose issuer is none of the given certificates wait until a path
	 * brings it. It reads and verifies them, which may take a second.
	 * @param documents the CRLs
	 * @param issuers the certificates of the CAs that may have issued them
	 * @return what became of them
	 */
	public Taken take(Collection<CrlDocument> documents, Collection<X509Certificate> issuers) {
		CrlSet before = this.crls;
		List<Decision.Deny> problems = new ArrayList<>();
		documents.stream()
			.filter((document) -> !isHeld(document))
			.forEach((document) -> take(document, issuers).ifPresent(problems::add));
		return new Taken(this.crls != before, problems);
	}

	/**
	 * Take a CRL that was fetched.
	 * @param address where it was fetched
	 * @param place the same for messages
	 * @param content its content
	 * @param issuers the certificates of the CAs that may have issued it
	 * @param now the current time
	 * @return what became of it
	 */
	public Taken take(URI address, String place, byte[] content, Collection<X509Certificate> issuers, Instant now) {
		try {
			List<CrlDocument> documents = CrlDocument.read(place, content);
			this.fetches.attempted(address, earliestNextUpdate(documents), true, now);
			return take(documents, issuers);
		}
		catch (MtlsException ex) {
			this.fetches.attempted(address, null, false, now);
			return new Taken(false, List.of(new Decision.Deny(ex.reason(), "%s: %s".formatted(place, ex.problem()))));
		}
	}

	/**
	 * Take note that a CRL could not be fetched.
	 * @param address its address
	 * @param now the current time
	 */
	public void notFetched(URI address, Instant now) {
		this.fetches.attempted(address, null, false, now);
	}

	/**
	 * Take an OCSP answer.
	 * @param answer the answer
	 * @param now the current time
	 */
	public void take(OcspAnswer answer, Instant now) {
		this.answers.put(answer, now);
	}

	/**
	 * Take note that no responder gave an answer that can be used.
	 * @param request what was asked
	 * @param detail what went wrong
	 * @param now the current time
	 */
	public void notAnswered(RevocationRequest.AskOcsp request, String detail, Instant now) {
		this.answers.putFailure(request.certificate(), request.issuer(), detail, now);
	}

	@Override
	public String toString() {
		return "Revocation[%s, %s]".formatted(this.policy.mode(), this.crls);
	}

	private int inScope(List<X509Certificate> path) {
		if (!this.policy.isOn()) {
			return 0;
		}
		int belowAnchor = path.size() - 1;
		return (this.policy.scope() == RevocationPolicy.Scope.LEAF) ? Math.min(1, belowAnchor) : belowAnchor;
	}

	private RevocationStatus check(X509Certificate certificate, X509Certificate issuer, Instant now) {
		RevocationStatus listed = usesCrls() ? this.crls.check(certificate, issuer, now, this.policy.maxAge())
				: new RevocationStatus.Unknown("no CRL is configured");
		if (this.policy.ocsp() == null || listed instanceof RevocationStatus.Revoked) {
			return named(listed, certificate);
		}
		RevocationStatus answered = this.answers.check(certificate, issuer, now);
		if (answered instanceof RevocationStatus.Unknown unanswered) {
			return (usesCrls() && listed instanceof RevocationStatus.Unknown unlisted)
					? named(new RevocationStatus.Unknown("%s; %s".formatted(unlisted.detail(), unanswered.detail())),
							certificate)
					: named((listed instanceof RevocationStatus.Good) ? listed : answered, certificate);
		}
		return (answered instanceof RevocationStatus.Good good && listed instanceof RevocationStatus.Good other
				&& other.validUntil().isAfter(good.validUntil())) ? other : named(answered, certificate);
	}

	private boolean usesCrls() {
		return this.policy.crls() || this.policy.distributionPoints();
	}

	private List<RevocationRequest> requests(List<X509Certificate> path, Instant now, boolean ahead) {
		List<RevocationRequest> requests = new ArrayList<>();
		for (int i = 0; i < inScope(path); i++) {
			X509Certificate certificate = path.get(i);
			X509Certificate issuer = path.get(i + 1);
			this.pending.issuedBy(issuer)
				.forEach((document) -> requests.add(new RevocationRequest.ReadCrl(document, issuer)));
			if (ahead || check(certificate, issuer, now) instanceof RevocationStatus.Unknown) {
				requests.addAll(due(now));
				requests.addAll(crlRequests(certificate, issuer, now));
				ocspRequest(certificate, issuer, now).ifPresent(requests::add);
			}
		}
		return requests;
	}

	private List<RevocationRequest> crlRequests(X509Certificate certificate, X509Certificate issuer, Instant now) {
		if (!this.policy.distributionPoints()) {
			return List.of();
		}
		return CrlDistributionPoints.of(certificate)
			.stream()
			.filter((address) -> this.fetches.isDue(address, now))
			.<RevocationRequest>map((address) -> new RevocationRequest.FetchCrl(address, List.of(issuer)))
			.toList();
	}

	private Optional<RevocationRequest> ocspRequest(X509Certificate certificate, X509Certificate issuer, Instant now) {
		RevocationPolicy.OcspPolicy ocsp = this.policy.ocsp();
		if (ocsp == null || !this.answers.isDueForRefresh(certificate, issuer, now)) {
			return Optional.empty();
		}
		List<URI> responders = (ocsp.responder() != null) ? List.of(ocsp.responder()) : OcspResponders.of(certificate);
		return Optional.of(new RevocationRequest.AskOcsp(certificate, issuer, responders));
	}

	private boolean isHeld(CrlDocument document) {
		return this.crls.crls().stream().anyMatch((crl) -> crl.hash().equals(document.hash()));
	}

	private Optional<Decision.Deny> take(CrlDocument document, Collection<X509Certificate> issuers) {
		List<X509Certificate> candidates = issuers.stream().filter(document::mayBeIssuedBy).toList();
		if (candidates.isEmpty()) {
			return await(document);
		}
		Decision.Deny problem = null;
		for (X509Certificate candidate : candidates) {
			// Outside of the lock, because it takes its time
			Verdict<Crl> verdict = document.verify(candidate);
			if (verdict instanceof Verdict.Accepted<Crl> accepted) {
				return hold(document, accepted.value());
			}
			problem = ((Verdict.Refused<Crl>) verdict).denial();
		}
		forget(document);
		return Optional.of(Objects.requireNonNull(problem));
	}

	private synchronized Optional<Decision.Deny> await(CrlDocument document) {
		Verdict<PendingCrls> verdict = this.pending.with(document);
		if (verdict instanceof Verdict.Accepted<PendingCrls> accepted) {
			this.pending = accepted.value();
			return Optional.empty();
		}
		return Optional.of(((Verdict.Refused<PendingCrls>) verdict).denial());
	}

	private synchronized Optional<Decision.Deny> hold(CrlDocument document, Crl crl) {
		forget(document);
		Verdict<CrlSet> verdict = this.crls.with(crl);
		if (verdict instanceof Verdict.Accepted<CrlSet> accepted) {
			this.crls = accepted.value();
			return Optional.empty();
		}
		return Optional.of(((Verdict.Refused<CrlSet>) verdict).denial());
	}

	private synchronized void forget(CrlDocument document) {
		this.pending = this.pending.without(document);
	}

	private static @Nullable Instant earliestNextUpdate(List<CrlDocument> documents) {
		return documents.stream()
			.flatMap((document) -> Stream.ofNullable(document.nextUpdate()))
			.min(Instant::compareTo)
			.orElse(null);
	}

	private static RevocationStatus named(RevocationStatus status, X509Certificate certificate) {
		if (status instanceof RevocationStatus.Revoked revoked) {
			return new RevocationStatus.Revoked(
					"certificate %s is revoked: %s".formatted(name(certificate), revoked.detail()));
		}
		if (status instanceof RevocationStatus.Unknown unknown) {
			return new RevocationStatus.Unknown("whether certificate %s is revoked is not known: %s"
				.formatted(name(certificate), unknown.detail()));
		}
		return status;
	}

	private static String name(X509Certificate certificate) {
		return PrintableText.of(certificate.getSubjectX500Principal().getName());
	}

	/**
	 * What became of CRLs.
	 *
	 * @param changed whether more or something else is known now
	 * @param problems why some were not taken
	 */
	public record Taken(boolean changed, List<Decision.Deny> problems) {

		/**
		 * Create an outcome with a copy of the problems.
		 */
		public Taken {
			problems = List.copyOf(problems);
		}

	}

}
