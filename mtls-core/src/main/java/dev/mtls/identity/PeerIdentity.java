package dev.mtls.identity;

import java.math.BigInteger;
import java.net.InetAddress;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;

import dev.mtls.decision.MtlsException;
import dev.mtls.decision.PrintableText;
import dev.mtls.decision.Reason;

/**
 * What a certificate says about its holder. That the certificate is trusted is not said
 * here.
 * <p>
 * The names are those of the certificate, unescaped: what is printed goes through
 * {@link #displayName()}, {@link #toString()} or {@link PrintableText}.
 *
 * @param subject the subject's distinguished name (RFC 2253), empty if it has none
 * @param commonName the subject's common name, or {@code null} if it has none or several
 * @param organizationalUnits the subject's organizational units
 * @param dnsNames the DNS names (dNSName of RFC 5280, section 4.2.1.6), which may hold a
 * wildcard
 * @param uris the URIs (uniformResourceIdentifier)
 * @param ipAddresses the IP addresses (iPAddress), where an IPv4-mapped one is its IPv4
 * address
 * @param emailAddresses the e-mail addresses (rfc822Name)
 * @param spiffeId the SPIFFE ID, if the one and only URI is one (X509-SVID, section 2)
 * @param serialNumber the serial number that the issuer gave the certificate
 * @param issuer the issuer's distinguished name (RFC 2253)
 * @param fingerprint the SHA-256 digest of the certificate's DER, in lower-case
 * hexadecimal digits
 * @param keyDigest the SHA-256 digest of the SubjectPublicKeyInfo's DER, in lower-case
 * hexadecimal digits
 * @param notBefore the first instant at which the certificate is valid
 * @param notAfter the last instant at which the certificate is valid
 */
public record PeerIdentity(String subject, @Nullable String commonName, List<String> organizationalUnits,
		List<String> dnsNames, List<String> uris, List<InetAddress> ipAddresses, List<String> emailAddresses,
		@Nullable SpiffeId spiffeId, BigInteger serialNumber, String issuer, String fingerprint, String keyDigest,
		Instant notBefore, Instant notAfter) {

	private static final Pattern SHA_256 = Pattern.compile("[0-9a-f]{64}");

	/**
	 * Create an identity. {@link #of(X509Certificate)} is what makes one from a
	 * certificate.
	 * @throws IllegalArgumentException if a value is one that no acceptable certificate
	 * has
	 */
	public PeerIdentity {
		organizationalUnits = List.copyOf(organizationalUnits);
		dnsNames = TextualName.DNS.copyOf(dnsNames);
		uris = TextualName.URI.copyOf(uris);
		ipAddresses = List.copyOf(ipAddresses);
		emailAddresses = TextualName.EMAIL.copyOf(emailAddresses);
		if (!Objects.equals(spiffeId, spiffeIdOf(uris))) {
			throw new IllegalArgumentException("The SPIFFE ID is not the one that the URIs hold");
		}
		if (!SHA_256.matcher(fingerprint).matches() || !SHA_256.matcher(keyDigest).matches()) {
			throw new IllegalArgumentException("A SHA-256 digest has 64 lower-case hexadecimal digits");
		}
	}

	/**
	 * Read the identity from a certificate.
	 * @param certificate the certificate
	 * @return the identity
	 * @throws MtlsException if a name of the certificate is malformed, holds a control
	 * character, or exceeds a bound ({@link Reason#IDENTITY_MALFORMED}): a DNS name of
	 * 253 bytes, an e-mail address of 320, a URI of 2048, a distinguished name of 8 KiB,
	 * 1,024 subject alternative names or 64 KiB of them
	 */
	public static PeerIdentity of(X509Certificate certificate) {
		return CertificateReader.read(certificate);
	}

	/**
	 * The name to show for this peer: its SPIFFE ID, else its first DNS name, else its
	 * common name, else its subject.
	 * @return the name, bounded and escaped
	 */
	public String displayName() {
		if (this.spiffeId != null) {
			return PrintableText.of(this.spiffeId.toString());
		}
		if (!this.dnsNames.isEmpty()) {
			return PrintableText.of(this.dnsNames.get(0));
		}
		return PrintableText.of((this.commonName != null) ? this.commonName : this.subject);
	}

	/**
	 * Whether the certificate is within its validity period, both of whose ends belong to
	 * it (RFC 5280, section 4.1.2.5).
	 * @param now the instant to look at
	 * @return {@code true} if it is
	 */
	public boolean isValid(Instant now) {
		return !now.isBefore(this.notBefore) && !now.isAfter(this.notAfter);
	}

	/**
	 * How long it is until the certificate's validity period ends.
	 * @param now the instant to look at
	 * @return the time, zero if the period has ended
	 */
	public Duration timeToLive(Instant now) {
		return now.isAfter(this.notAfter) ? Duration.ZERO : Duration.between(now, this.notAfter);
	}

	@Override
	public String toString() {
		return "PeerIdentity[displayName=%s, serialNumber=%s, issuer=%s, fingerprint=%s, notAfter=%s]".formatted(
				displayName(), this.serialNumber.toString(16), PrintableText.of(this.issuer), this.fingerprint,
				this.notAfter);
	}

	static @Nullable SpiffeId spiffeIdOf(List<String> uris) {
		return (uris.size() == 1) ? SpiffeId.from(uris.get(0)).orElse(null) : null;
	}

}
