package dev.mtls.gate;

import java.net.URI;
import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;

import dev.mtls.decision.PrintableText;
import dev.mtls.decision.Verdict;
import dev.mtls.material.KeyMaterial;
import dev.mtls.revocation.OcspAnswer;
import dev.mtls.revocation.OcspRequest;
import dev.mtls.revocation.OcspResponders;
import dev.mtls.revocation.RevocationPolicy;
import dev.mtls.revocation.RevocationStatus;
import dev.mtls.source.Document;
import dev.mtls.source.HttpFetcher;
import dev.mtls.source.HttpLimits;

/**
 * Gets the OCSP responses about the own certificate that a server staples to it (RFC
 * 6066, section 8). No handshake ever waits for one.
 */
final class OcspStapling {

	private static final Duration TIMEOUT = Duration.ofSeconds(10);

	private static final int MAX_WAITING = 4;

	private final @Nullable URI responder;

	private final InstantSource clock;

	private final Supplier<Snapshot> snapshot;

	private final Consumer<String> warnings;

	private final HttpFetcher responses;

	private volatile boolean wanted;

	private volatile @Nullable OcspStaple current;

	/**
	 * Create stapling, which asks nobody until a response is wanted.
	 * @param policy how responders are asked about peers
	 * @param executor does what takes time
	 * @param clock the clock
	 * @param snapshot the current key and anchors
	 * @param warnings is told what keeps responses from being stapled
	 */
	OcspStapling(RevocationPolicy policy, Executor executor, InstantSource clock, Supplier<Snapshot> snapshot,
			Consumer<String> warnings) {
		RevocationPolicy.OcspPolicy ocsp = policy.ocsp();
		this.responder = (ocsp != null) ? ocsp.responder() : null;
		this.clock = clock;
		this.snapshot = snapshot;
		this.warnings = warnings;
		this.responses = new HttpFetcher(new HttpLimits(TIMEOUT, OcspRequest.MAX_RESPONSE_BYTES, 1, MAX_WAITING),
				executor);
	}

	/**
	 * What to staple to the current certificate.
	 * @return the response, or {@code null} if there is none yet
	 */
	byte @Nullable [] response() {
		this.wanted = true;
		KeyMaterial key = this.snapshot.get().key();
		OcspStaple staple = this.current;
		return (key != null && staple != null && staple.isFor(key)) ? staple.response(this.clock.instant()) : null;
	}

	/**
	 * Begin to ask if that is due.
	 */
	void refresh() {
		Snapshot current = this.snapshot.get();
		KeyMaterial key = current.key();
		if (!this.wanted || key == null) {
			return;
		}
		OcspStaple staple = stapleFor(key);
		if (staple.begin(this.clock.instant())) {
			new Asking(key, staple).begin(current.trust().anchors());
		}
	}

	private synchronized OcspStaple stapleFor(KeyMaterial key) {
		OcspStaple staple = this.current;
		if (staple == null || !staple.isFor(key)) {
			// What is asked about the certificate before ends in a staple nobody looks at
			staple = new OcspStaple(key);
			this.current = staple;
		}
		return staple;
	}

	private List<URI> respondersOf(X509Certificate certificate) {
		List<URI> responders = new ArrayList<>(OcspResponders.of(certificate));
		if (this.responder != null) {
			// That of the peers' certificates, which need not know the own one
			responders.remove(this.responder);
			responders.add(0, this.responder);
		}
		return responders;
	}

	private static Optional<X509Certificate> issuerOf(KeyMaterial key, Collection<X509Certificate> anchors) {
		return (key.chain().size() > 1) ? Optional.of(key.chain().get(1))
				: anchors.stream().filter((anchor) -> isSignedBy(key.leaf(), anchor)).findFirst();
	}

	private static boolean isSignedBy(X509Certificate certificate, X509Certificate issuer) {
		if (!certificate.getIssuerX500Principal().equals(issuer.getSubjectX500Principal())) {
			return false;
		}
		try {
			certificate.verify(issuer.getPublicKey());
			return true;
		}
		catch (GeneralSecurityException ex) {
			return false;
		}
	}

	/**
	 * One attempt to get a response, from each responder in turn.
	 */
	private final class Asking {

		private final KeyMaterial key;

		private final OcspStaple staple;

		private Asking(KeyMaterial key, OcspStaple staple) {
			this.key = key;
			this.staple = staple;
		}

		private void begin(Collection<X509Certificate> anchors) {
			try {
				Optional<X509Certificate> issuer = issuerOf(this.key, anchors);
				if (issuer.isEmpty()) {
					fail("its issuer is neither in its chain nor a trust anchor, so that no response can be verified;"
							+ " add the certificate of the issuer to " + this.key.place());
					return;
				}
				ask(OcspRequest.of(this.key.leaf(), issuer.get()), respondersOf(this.key.leaf()), 0,
						"it names no OCSP responder; use one that does, or set the responder")
					.exceptionally(this::failed);
			}
			catch (RuntimeException ex) {
				failed(ex);
			}
		}

		// Without a nonce, which would tell nothing to those to whom the response goes
		private CompletableFuture<Void> ask(OcspRequest request, List<URI> responders, int next, String lastProblem) {
			if (next == responders.size()) {
				fail(lastProblem);
				return CompletableFuture.completedFuture(null);
			}
			return OcspStapling.this.responses.post(responders.get(next), OcspRequest.CONTENT_TYPE, request.encoded())
				.handle((document, failure) -> (failure != null) ? RevocationUpdates.detailOf(failure)
						: take(request, document))
				.thenCompose((problem) -> (problem != null) ? ask(request, responders, next + 1, problem)
						: CompletableFuture.completedFuture(null));
		}

		private @Nullable String take(OcspRequest request, Document document) {
			try (document) {
				Instant now = OcspStapling.this.clock.instant();
				Verdict<OcspAnswer> verdict = request.verify(document.content(), now, false);
				if (verdict instanceof Verdict.Refused<OcspAnswer> refused) {
					return "%s: %s".formatted(document.place(), refused.denial().detail());
				}
				OcspAnswer answer = ((Verdict.Accepted<OcspAnswer>) verdict).value();
				if (answer.status() instanceof RevocationStatus.Unknown unknown) {
					// It would help no client, and a new certificate may become known
					return "%s: %s".formatted(document.place(), unknown.detail());
				}
				boolean known = this.staple.isRevoked();
				if (!this.staple.take(document.content(), answer, now)) {
					return "%s: the answer is older than the one that is held".formatted(document.place());
				}
				if (!known && answer.status() instanceof RevocationStatus.Revoked revoked) {
					tell(revoked);
				}
				return null;
			}
		}

		// It is stapled all the same: to hide it would help whoever has stolen the key
		private void tell(RevocationStatus.Revoked revoked) {
			OcspStapling.this.warnings.accept(
					"the own certificate of %s is revoked: %s; the OCSP response that is stapled to it tells clients; "
						.formatted(name(), revoked.detail()) + "use a new key and certificate");
		}

		private @Nullable Void failed(Throwable failure) {
			fail(RevocationUpdates.detailOf(failure));
			return null;
		}

		private void fail(String problem) {
			if (this.staple.fail(problem, OcspStapling.this.clock.instant())) {
				OcspStapling.this.warnings
					.accept("there is no new OCSP response to staple to the own certificate of %s: %s".formatted(name(),
							problem));
			}
		}

		private String name() {
			return PrintableText.of(this.key.leaf().getSubjectX500Principal().getName());
		}

	}

}
