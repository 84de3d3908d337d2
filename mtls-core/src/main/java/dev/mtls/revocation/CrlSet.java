package dev.mtls.revocation;

import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

import org.jspecify.annotations.Nullable;

import dev.mtls.decision.PrintableText;
import dev.mtls.decision.Reason;
import dev.mtls.decision.Verdict;

/**
 * The CRLs that are held: of each issuer and scope the newest. Immutable.
 */
public final class CrlSet {

	/**
	 * No CRLs.
	 */
	public static final CrlSet EMPTY = new CrlSet(Map.of());

	private final Map<CrlIssuer, List<HeldCrls>> byIssuer;

	private CrlSet(Map<CrlIssuer, List<HeldCrls>> byIssuer) {
		this.byIssuer = Map.copyOf(byIssuer);
	}

	/**
	 * Add a CRL, in place of an older one of the same issuer and scope. A delta CRL
	 * stands beside the complete one and may come before it.
	 * @param crl the CRL
	 * @return the set with it, which is this set if it has an equal one; or a refusal
	 * with {@link Reason#CRL_OUTDATED} if the one held is newer
	 */
	public Verdict<CrlSet> with(Crl crl) {
		List<HeldCrls> ofIssuer = this.byIssuer.getOrDefault(crl.issuerAndKey(), List.of());
		HeldCrls held = ofIssuer.stream()
			.filter((candidate) -> candidate.scope().equals(crl.scope()))
			.findFirst()
			.orElseGet(() -> new HeldCrls(crl.scope(), null, null));
		return held.with(crl).then((next) -> Verdict.accepted(next.equals(held) ? this : replace(crl, held, next)));
	}

	private CrlSet replace(Crl crl, HeldCrls held, HeldCrls next) {
		Map<CrlIssuer, List<HeldCrls>> replaced = new HashMap<>(this.byIssuer);
		List<HeldCrls> ofIssuer = new ArrayList<>(replaced.getOrDefault(crl.issuerAndKey(), List.of()));
		ofIssuer.remove(held);
		ofIssuer.add(next);
		replaced.put(crl.issuerAndKey(), List.copyOf(ofIssuer));
		return new CrlSet(replaced);
	}

	/**
	 * What the CRLs say of a certificate.
	 * @param certificate the certificate
	 * @param issuer the certificate of its issuer; only CRLs of this name and key count
	 * @param now the present time
	 * @param maxAge how old a CRL may become, or {@code null} if its nextUpdate alone
	 * ends it
	 * @return {@code Revoked} if it is listed, however old the CRL is; {@code Good} if it
	 * is not listed in a current one; {@code Unknown} if there is none
	 */
	public RevocationStatus check(X509Certificate certificate, X509Certificate issuer, Instant now,
			@Nullable Duration maxAge) {
		List<HeldCrls> ofIssuer = this.byIssuer.getOrDefault(CrlIssuer.of(issuer), List.of());
		Set<ByteBuffer> points = CrlDistributionPoints.names(certificate);
		List<HeldCrls> covering = ofIssuer.stream().filter((held) -> held.scope().covers(certificate, points)).toList();
		BigInteger serialNumber = certificate.getSerialNumber();
		Optional<HeldCrls> listing = covering.stream().filter((held) -> held.isRevoked(serialNumber)).findFirst();
		if (listing.isPresent()) {
			return new RevocationStatus.Revoked(revoked(serialNumber, listing.get()));
		}
		List<Crl> answering = covering.stream().flatMap(HeldCrls::answering).toList();
		Optional<Instant> validUntil = answering.stream()
			.filter((crl) -> crl.isCurrent(now, maxAge))
			.map((crl) -> crl.validUntil(maxAge))
			.max(Instant::compareTo);
		if (validUntil.isPresent()) {
			return new RevocationStatus.Good(validUntil.get());
		}
		return new RevocationStatus.Unknown(PrintableText.of(answering.isEmpty() ? missing(issuer, ofIssuer)
				: notCurrent(answering.get(answering.size() - 1), now, maxAge)));
	}

	/**
	 * The CRLs that are held.
	 * @return an unmodifiable collection, in no order
	 */
	public Collection<Crl> crls() {
		return this.byIssuer.values().stream().flatMap(List::stream).flatMap(HeldCrls::all).toList();
	}

	@Override
	public String toString() {
		return "CrlSet%s".formatted(crls());
	}

	private static String revoked(BigInteger serialNumber, HeldCrls held) {
		Crl crl = held.all().filter((candidate) -> candidate.isRevoked(serialNumber)).findFirst().orElseThrow();
		return PrintableText.of("serial number %s is listed in the %s, issued at %s"
			.formatted(serialNumber.toString(16), crl, crl.thisUpdate()));
	}

	private static String missing(X509Certificate issuer, List<HeldCrls> ofIssuer) {
		String problem = ofIssuer.isEmpty() ? "there is no CRL of %s" : "no CRL of %s tells of this certificate";
		return problem.formatted(CrlNames.of(issuer.getSubjectX500Principal()));
	}

	private static String notCurrent(Crl crl, Instant now, @Nullable Duration maxAge) {
		return crl.hasBegun(now) ? "the %s ran out at %s".formatted(crl, crl.validUntil(maxAge))
				: "the %s begins only at %s".formatted(crl, crl.thisUpdate());
	}

}
