package dev.mtls.trust;

import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

import dev.mtls.decision.Decision;
import dev.mtls.decision.Reason;
import dev.mtls.decision.Verdict;

/**
 * Selects the first of several paths of which everything holds, within a bound on the
 * work for all of them.
 */
final class PathSelection {

	private static final Decision.Deny TOO_MUCH_WORK = new Decision.Deny(Reason.CERTIFICATE_MALFORMED,
			"the presented certificates take too much work to verify");

	private final PathCheck form = new FormCheck();

	private final PathCheck pkix;

	private final List<PathCheck> checks = List.of(new KeyStrengthCheck(), new SignatureAlgorithmCheck(),
			new ValidityCheck(), new LeafIsNoCaCheck(), new IssuerIsCaCheck(), new KeyUsageCheck(),
			new ExtendedKeyUsageCheck(), new AnchorCheck(), new NameConstraintsCheck());

	PathSelection(RequiredPolicies policies) {
		this.pkix = new PkixCheck(policies);
	}

	/**
	 * Select a path.
	 * @param paths at least one path
	 * @return the path, or the denial that says most about the peer
	 */
	Verdict<CandidatePath> select(List<CandidatePath> paths) {
		WorkBudget budget = new WorkBudget();
		if (paths.size() == 1) {
			return firstThatHolds(paths, budget);
		}
		PathSignatures signatures = new PathSignatures(budget);
		List<CandidatePath> signed = paths.stream().filter(signatures::hold).toList();
		return firstThatHolds(signed.isEmpty() ? paths : signed, budget);
	}

	private Verdict<CandidatePath> firstThatHolds(List<CandidatePath> paths, WorkBudget budget) {
		Optional<Decision.Deny> told = Optional.empty();
		for (CandidatePath path : paths) {
			Optional<Decision.Deny> denial = check(path, budget);
			if (denial.isEmpty()) {
				return Verdict.accepted(path);
			}
			if (budget.isExhausted()) {
				return new Verdict.Refused<>(told.or(() -> denial).orElseThrow());
			}
			if (told.isEmpty() || weight(denial.get()) > weight(told.get())) {
				told = denial;
			}
		}
		return new Verdict.Refused<>(told.orElseThrow());
	}

	// An anchor that only shares the issuer's name says nothing about the peer
	private static int weight(Decision.Deny denial) {
		return switch (denial.reason()) {
			case ISSUER_UNKNOWN, SIGNATURE_INVALID -> 0;
			case ALGORITHM_WEAK -> 1;
			default -> 2;
		};
	}

	private Optional<Decision.Deny> check(CandidatePath path, WorkBudget budget) {
		try {
			if (!budget.spend(PathCost.ofReading(path))) {
				return Optional.of(TOO_MUCH_WORK);
			}
			Optional<Decision.Deny> denial = this.form.check(path);
			if (denial.isPresent()) {
				return denial;
			}
			return budget.spend(PathCost.ofValidation(path)) ? validate(path) : Optional.of(TOO_MUCH_WORK);
		}
		catch (RuntimeException ex) {
			return Optional.of(PathVerifier.unreadable(ex));
		}
	}

	// Where the JDK and a check of ours refuse for one reason, the words are ours,
	// because
	// the JDK's seldom say enough
	private Optional<Decision.Deny> validate(CandidatePath path) {
		Optional<Decision.Deny> denial = this.pkix.check(path);
		if (denial.isEmpty()) {
			return denials(path).findFirst();
		}
		Reason reason = denial.get().reason();
		return denials(path).filter((ours) -> ours.reason() == reason).findFirst().or(() -> denial);
	}

	private Stream<Decision.Deny> denials(CandidatePath path) {
		return this.checks.stream().map((check) -> check.check(path)).flatMap(Optional::stream);
	}

}
