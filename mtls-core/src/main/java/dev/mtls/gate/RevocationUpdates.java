package dev.mtls.gate;

import java.net.URI;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;

import dev.mtls.decision.Decision;
import dev.mtls.decision.MtlsException;
import dev.mtls.decision.PrintableText;
import dev.mtls.decision.Reason;
import dev.mtls.decision.Verdict;
import dev.mtls.revocation.OcspAnswer;
import dev.mtls.revocation.OcspRequest;
import dev.mtls.revocation.Revocation;
import dev.mtls.revocation.RevocationPolicy;
import dev.mtls.revocation.RevocationRequest;
import dev.mtls.revocation.RevocationStatus;
import dev.mtls.source.Document;
import dev.mtls.source.HttpFetcher;
import dev.mtls.source.HttpLimits;

/**
 * Gets what {@link Revocation} misses, each thing once at a time, on an executor.
 */
final class RevocationUpdates {

	private static final CompletableFuture<Void> NOTHING = CompletableFuture.completedFuture(null);

	private static final Duration CRL_TIMEOUT = Duration.ofSeconds(30);

	private static final Duration CRL_WAIT = Duration.ofSeconds(5);

	private static final int MAX_CRL_BYTES = 256 * 1024 * 1024;

	private static final int MAX_CRL_EXCHANGES = 2;

	private static final int MAX_OCSP_EXCHANGES = 16;

	private static final int MAX_WAITING = 256;

	private final Revocation revocation;

	private final Executor executor;

	private final InstantSource clock;

	private final Supplier<? extends Collection<X509Certificate>> anchors;

	private final Runnable changed;

	private final Consumer<Decision.Deny> problems;

	private final Consumer<OcspResponderStatus> responders;

	private final @Nullable HttpFetcher crls;

	private final @Nullable HttpFetcher answers;

	private final Map<RevocationRequest, CompletableFuture<Void>> running = new ConcurrentHashMap<>();

	private volatile CompletableFuture<Void> refresh = NOTHING;

	/**
	 * Create updates.
	 * @param revocation what is kept up to date
	 * @param executor does what takes time
	 * @param clock the clock
	 * @param anchors the current anchors
	 * @param changed is told when admissions have to be asked again
	 * @param problems is told why something could not be used
	 * @param responders is told how each OCSP responder did
	 */
	RevocationUpdates(Revocation revocation, Executor executor, InstantSource clock,
			Supplier<? extends Collection<X509Certificate>> anchors, Runnable changed, Consumer<Decision.Deny> problems,
			Consumer<OcspResponderStatus> responders) {
		this.revocation = revocation;
		this.executor = executor;
		this.clock = clock;
		this.anchors = anchors;
		this.changed = changed;
		this.problems = problems;
		this.responders = responders;
		RevocationPolicy policy = revocation.policy();
		boolean fetches = policy.distributionPoints() || !policy.crlAddresses().isEmpty();
		this.crls = fetches
				? new HttpFetcher(new HttpLimits(CRL_TIMEOUT, MAX_CRL_BYTES, MAX_CRL_EXCHANGES, MAX_WAITING), executor)
				: null;
		RevocationPolicy.OcspPolicy ocsp = policy.ocsp();
		this.answers = (ocsp != null) ? new HttpFetcher(
				new HttpLimits(ocsp.timeout(), OcspRequest.MAX_RESPONSE_BYTES, MAX_OCSP_EXCHANGES, MAX_WAITING),
				executor) : null;
	}

	/**
	 * Get what is not known about a path.
	 * @param path the certificates of a verified path, the peer's own first, the anchor
	 * last
	 * @return completes, never with a failure, when it is known or cannot be known within
	 * the time that a peer is kept waiting
	 */
	CompletableFuture<Void> ask(List<X509Certificate> path) {
		List<RevocationRequest> requests = this.revocation.missing(path, this.clock.instant());
		if (requests.isEmpty()) {
			return NOTHING;
		}
		RevocationPolicy.OcspPolicy ocsp = this.revocation.policy().ocsp();
		boolean onlyOcsp = requests.stream().allMatch(RevocationRequest.AskOcsp.class::isInstance);
		Duration wait = (ocsp != null && onlyOcsp) ? ocsp.timeout() : CRL_WAIT;
		return begin(requests).completeOnTimeout(null, wait.toMillis(), TimeUnit.MILLISECONDS);
	}

	/**
	 * Begin to get what runs out soon.
	 * @param paths the paths of the peers whose connections stand
	 */
	void refresh(Set<List<X509Certificate>> paths) {
		if (!this.refresh.isDone()) {
			return;
		}
		Instant now = this.clock.instant();
		List<RevocationRequest> due = new ArrayList<>(this.revocation.due(now));
		paths.forEach((path) -> due.addAll(this.revocation.due(path, now)));
		this.refresh = begin(due);
	}

	private CompletableFuture<Void> begin(Collection<RevocationRequest> requests) {
		return CompletableFuture.allOf(requests.stream().map(this::begin).toArray(CompletableFuture<?>[]::new));
	}

	private CompletableFuture<Void> begin(RevocationRequest request) {
		CompletableFuture<Void> start = new CompletableFuture<>();
		CompletableFuture<Void> result = start.thenComposeAsync((none) -> run(request), this.executor)
			.handle((none, failure) -> end(request, failure));
		CompletableFuture<Void> before = this.running.putIfAbsent(request, result);
		if (before != null) {
			return before.copy();
		}
		start.complete(null);
		return result.copy();
	}

	private @Nullable Void end(RevocationRequest request, @Nullable Throwable failure) {
		this.running.remove(request);
		if (failure != null) {
			this.problems.accept(new Decision.Deny(Reason.INTERNAL, "revocation could not be asked: " + failure));
		}
		return null;
	}

	private CompletableFuture<Void> run(RevocationRequest request) {
		try {
			if (request instanceof RevocationRequest.ReadCrl read) {
				taken(this.revocation.take(List.of(read.document()), List.of(read.issuer())));
				return NOTHING;
			}
			return (request instanceof RevocationRequest.FetchCrl fetch) ? fetch(fetch)
					: ask((RevocationRequest.AskOcsp) request, 0, "it names no OCSP responder");
		}
		catch (RuntimeException ex) {
			return CompletableFuture.failedFuture(ex);
		}
	}

	private CompletableFuture<Void> fetch(RevocationRequest.FetchCrl fetch) {
		return Objects.requireNonNull(this.crls).get(fetch.address()).handle((document, failure) -> {
			Instant now = this.clock.instant();
			if (failure != null) {
				this.revocation.notFetched(fetch.address(), now);
				this.problems.accept(new Decision.Deny(Reason.REVOCATION_UNKNOWN, detailOf(failure)));
				return null;
			}
			try (document) {
				Collection<X509Certificate> issuers = fetch.issuers().isEmpty() ? this.anchors.get() : fetch.issuers();
				taken(this.revocation.take(fetch.address(), document.place(), document.content(), issuers, now));
			}
			return null;
		});
	}

	private CompletableFuture<Void> ask(RevocationRequest.AskOcsp ask, int responder, String lastProblem) {
		if (responder == ask.responders().size()) {
			this.revocation.notAnswered(ask, lastProblem, this.clock.instant());
			return NOTHING;
		}
		URI address = ask.responders().get(responder);
		OcspRequest request = OcspRequest.withNonce(ask.certificate(), ask.issuer());
		Instant begun = this.clock.instant();
		return Objects.requireNonNull(this.answers)
			.post(address, OcspRequest.CONTENT_TYPE, request.encoded())
			.handle((document, failure) -> (failure != null) ? detailOf(failure) : take(request, document))
			.thenCompose((problem) -> {
				tell(address, begun, problem);
				return (problem != null) ? ask(ask, responder + 1, problem) : NOTHING;
			});
	}

	private void tell(URI responder, Instant begun, @Nullable String problem) {
		Instant now = this.clock.instant();
		this.responders.accept(new OcspResponderStatus(responder, now, Duration.between(begun, now),
				(problem != null) ? PrintableText.of(problem) : null));
	}

	private @Nullable String take(OcspRequest request, Document document) {
		try (document) {
			Instant now = this.clock.instant();
			boolean requireNonce = Objects.requireNonNull(this.revocation.policy().ocsp()).requireNonce();
			Verdict<OcspAnswer> verdict = request.verify(document.content(), now, requireNonce);
			if (verdict instanceof Verdict.Refused<OcspAnswer> refused) {
				return "%s: %s".formatted(document.place(), refused.denial().detail());
			}
			OcspAnswer answer = ((Verdict.Accepted<OcspAnswer>) verdict).value();
			this.revocation.take(answer, now);
			if (answer.status() instanceof RevocationStatus.Revoked) {
				// Its connections would otherwise stand until the answer before runs out
				this.changed.run();
			}
			return null;
		}
	}

	private void taken(Revocation.Taken taken) {
		taken.problems().forEach(this.problems);
		if (taken.changed()) {
			this.changed.run();
		}
	}

	static String detailOf(Throwable failure) {
		Throwable cause = (failure.getCause() != null) ? failure.getCause() : failure;
		return (cause instanceof MtlsException ex) ? "%s: %s".formatted(ex.place(), ex.problem())
				: String.valueOf(cause);
	}

}
