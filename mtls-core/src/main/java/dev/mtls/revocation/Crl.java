package dev.mtls.revocation;

import java.math.BigInteger;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;

import javax.security.auth.x500.X500Principal;

import org.jspecify.annotations.Nullable;

import dev.mtls.source.ContentHash;

/**
 * A CRL whose signature was verified. Only {@link CrlDocument#verify} makes one. It holds
 * the serial numbers and neither the bytes nor the dates of the entries.
 */
public final class Crl {

	private static final Duration CLOCK_SKEW = Duration.ofMinutes(5);

	private final String place;

	private final ContentHash hash;

	private final CrlHeader.Validity validity;

	private final CrlExtensions extensions;

	private final CrlIssuer issuer;

	private final SerialTable listed;

	private final SerialTable removed;

	Crl(CrlDocument document, CrlIssuer issuer, SerialTable listed, SerialTable removed) {
		this.place = document.place();
		this.hash = document.hash();
		this.validity = document.header().validity();
		this.extensions = document.header().extensions();
		this.issuer = issuer;
		this.listed = listed;
		this.removed = removed;
	}

	/**
	 * Whether a certificate of the issuer is listed as revoked, however old the CRL is. A
	 * delta CRL lists only what has changed.
	 * @param serialNumber the serial number of the certificate
	 * @return {@code true} if so
	 */
	public boolean isRevoked(BigInteger serialNumber) {
		return this.listed.contains(serialNumber);
	}

	/**
	 * Whether the CRL tells of a certificate of its issuer.
	 * @param certificate the certificate
	 * @return {@code false} if the issuing distribution point says that it does not
	 */
	public boolean covers(X509Certificate certificate) {
		return scope().covers(certificate, CrlDistributionPoints.names(certificate));
	}

	/**
	 * Where the CRL is from.
	 * @return the place of its document
	 */
	public String place() {
		return this.place;
	}

	/**
	 * The hash of the document.
	 * @return the same hash for equal CRLs; another one for others of the same issuer
	 */
	public ContentHash hash() {
		return this.hash;
	}

	/**
	 * Who issued it.
	 * @return the name
	 */
	public X500Principal issuer() {
		return this.issuer.name();
	}

	/**
	 * When it was issued.
	 * @return the first second of its validity
	 */
	public Instant thisUpdate() {
		return this.validity.thisUpdate();
	}

	/**
	 * When the next one will be there at the latest.
	 * @return the end of its validity, or {@code null} if it has none
	 */
	public @Nullable Instant nextUpdate() {
		return this.validity.nextUpdate();
	}

	/**
	 * The CRL number.
	 * @return a number that grows with each CRL of the issuer, or {@code null} if it has
	 * none
	 */
	public @Nullable BigInteger number() {
		return this.extensions.number();
	}

	/**
	 * Whether it tells only what has changed since another CRL.
	 * @return {@code true} for a delta CRL
	 */
	public boolean isDelta() {
		return this.extensions.baseNumber() != null;
	}

	/**
	 * How many certificates are listed as revoked.
	 * @return the number of different serial numbers
	 */
	public int size() {
		return this.listed.size();
	}

	@Override
	public boolean equals(Object other) {
		return other instanceof Crl crl && this.issuer.equals(crl.issuer) && this.hash.equals(crl.hash);
	}

	@Override
	public int hashCode() {
		return this.hash.hashCode();
	}

	@Override
	public String toString() {
		return "%s of %s".formatted(isDelta() ? "delta CRL" : "CRL", this.issuer);
	}

	CrlIssuer issuerAndKey() {
		return this.issuer;
	}

	CrlScope scope() {
		return this.extensions.scope();
	}

	boolean isRemoved(BigInteger serialNumber) {
		return this.removed.contains(serialNumber);
	}

	boolean isOlderThan(Crl other) {
		return thisUpdate().isBefore(other.thisUpdate()) || hasLowerNumberThan(other);
	}

	boolean hasLowerNumberThan(Crl other) {
		BigInteger number = number();
		BigInteger otherNumber = other.number();
		return number != null && otherNumber != null && number.compareTo(otherNumber) < 0;
	}

	/**
	 * Whether this delta CRL and a complete one make a newer complete one (RFC 5280,
	 * section 5.2.4).
	 * @param base the complete CRL, of the same issuer and scope
	 * @return {@code true} if so
	 */
	boolean appliesTo(Crl base) {
		BigInteger from = this.extensions.baseNumber();
		BigInteger baseNumber = base.number();
		return from != null && baseNumber != null && baseNumber.compareTo(from) >= 0 && base.hasLowerNumberThan(this);
	}

	/**
	 * Whether the CRL can say of a certificate that it is not revoked.
	 * @param now the present time
	 * @param maxAge how old a CRL may become, or {@code null} if its nextUpdate alone
	 * ends it
	 * @return {@code false} if it is from the future, or the next one is due
	 */
	public boolean isCurrent(Instant now, @Nullable Duration maxAge) {
		return hasBegun(now) && now.isBefore(validUntil(maxAge));
	}

	/**
	 * Until when a certificate that is not listed counts as not revoked.
	 * @param maxAge how old a CRL may become, or {@code null}
	 * @return the earlier of nextUpdate and the end of that age, or {@link Instant#MAX}
	 */
	Instant validUntil(@Nullable Duration maxAge) {
		return this.validity.until(maxAge);
	}

	boolean hasBegun(Instant now) {
		return !this.validity.thisUpdate().isAfter(now.plus(CLOCK_SKEW));
	}

}
