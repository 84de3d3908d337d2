package dev.mtls.authority;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.security.KeyPair;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;

import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1Encoding;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.AccessDescription;
import org.bouncycastle.asn1.x509.AuthorityInformationAccess;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.CRLDistPoint;
import org.bouncycastle.asn1.x509.DistributionPoint;
import org.bouncycastle.asn1.x509.DistributionPointName;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.util.IPAddress;
import org.jspecify.annotations.Nullable;

/**
 * What a certificate shall say. The static methods start from what is right for a server,
 * a client or an authority. Everything may be changed, also to what is wrong, so that
 * certificates that a peer must refuse can be made as well.
 */
public final class CertificateRequest {

	private static final Duration LEAF_VALIDITY = Duration.ofDays(365);

	private static final Duration AUTHORITY_VALIDITY = Duration.ofDays(3650);

	private final X500Name subject;

	private final Supplier<KeyPair> key;

	private final Duration validity;

	private final @Nullable Instant notBefore;

	private final @Nullable Instant notAfter;

	private final @Nullable BigInteger serialNumber;

	private final List<Extension> extensions;

	private final boolean keyIdentifiers;

	private final @Nullable String signatureAlgorithm;

	private final boolean version1;

	private CertificateRequest(Builder builder) {
		this.subject = builder.subject.toX500Name();
		this.key = builder.key;
		this.validity = builder.validity;
		this.notBefore = builder.notBefore;
		this.notAfter = builder.notAfter;
		this.serialNumber = builder.serialNumber;
		this.extensions = List.copyOf(builder.allExtensions().values());
		this.keyIdentifiers = builder.keyIdentifiers;
		this.signatureAlgorithm = builder.signatureAlgorithm;
		this.version1 = builder.version1;
	}

	/**
	 * Start a request for a server's certificate: valid for 365 days, with the key usage
	 * {@code digitalSignature} and the extended key usage {@code serverAuth}.
	 * @param name the host name or IP address, which becomes the common name and, because
	 * only it counts (RFC 9525), a subject alternative name
	 * @return a builder
	 */
	public static Builder server(String name) {
		Builder builder = leaf(name).extendedKeyUsage(ExtendedKeyUsage.SERVER_AUTH);
		boolean address = IPAddress.isValid(name);
		return address ? builder.ip(name) : builder.dns(name);
	}

	/**
	 * Start a request for a client's certificate: valid for 365 days, with the key usage
	 * {@code digitalSignature} and the extended key usage {@code clientAuth}.
	 * @param commonName the common name; subject alternative names are added with
	 * {@link Builder#dns dns}, {@link Builder#uri uri}, {@link Builder#ip ip} and
	 * {@link Builder#email email}
	 * @return a builder
	 */
	public static Builder client(String commonName) {
		return leaf(commonName).extendedKeyUsage(ExtendedKeyUsage.CLIENT_AUTH);
	}

	/**
	 * Start a request for the certificate of an authority: valid for 3650 days, with the
	 * key usages {@code keyCertSign} and {@code cRLSign}.
	 * @param distinguishedName the subject, such as {@code CN=Example CA,O=Example} (RFC
	 * 2253)
	 * @return a builder
	 * @throws IllegalArgumentException if that is no distinguished name
	 */
	public static Builder authority(String distinguishedName) {
		return new Builder().subject(distinguishedName)
			.authority(true)
			.validity(AUTHORITY_VALIDITY)
			.keyUsage(KeyUsage.KEY_CERT_SIGN, KeyUsage.CRL_SIGN);
	}

	private static Builder leaf(String commonName) {
		return new Builder().commonName(commonName)
			.authority(false)
			.validity(LEAF_VALIDITY)
			.keyUsage(KeyUsage.DIGITAL_SIGNATURE);
	}

	X500Name subject() {
		return this.subject;
	}

	KeyPair newKeyPair() {
		return this.key.get();
	}

	Duration validity() {
		return this.validity;
	}

	@Nullable Instant notBefore() {
		return this.notBefore;
	}

	@Nullable Instant notAfter() {
		return this.notAfter;
	}

	@Nullable BigInteger serialNumber() {
		return this.serialNumber;
	}

	List<Extension> extensions() {
		return this.extensions;
	}

	boolean hasKeyIdentifiers() {
		return this.keyIdentifiers;
	}

	@Nullable String signatureAlgorithm() {
		return this.signatureAlgorithm;
	}

	boolean isVersion1() {
		return this.version1;
	}

	/**
	 * Builds a {@link CertificateRequest}.
	 */
	public static final class Builder {

		private static final Set<ASN1ObjectIdentifier> NOT_CRITICAL = Set.of(Extension.extendedKeyUsage,
				Extension.authorityInfoAccess, Extension.cRLDistributionPoints);

		private final SubjectName subject = new SubjectName();

		private final SubjectAlternativeNames names = new SubjectAlternativeNames();

		private final Map<ASN1ObjectIdentifier, Extension> extensions = new LinkedHashMap<>();

		private Supplier<KeyPair> key = KeyType.EC_P256::generate;

		private Duration validity = LEAF_VALIDITY;

		private @Nullable Instant notBefore;

		private @Nullable Instant notAfter;

		private @Nullable BigInteger serialNumber;

		private boolean keyIdentifiers = true;

		private @Nullable String signatureAlgorithm;

		private boolean version1;

		private Builder() {
		}

		/**
		 * Set the whole subject, in place of its parts.
		 * @param distinguishedName a name such as {@code CN=alice,OU=Payments,O=Example}
		 * (RFC 2253); empty for a certificate that only has subject alternative names
		 * @return this builder
		 * @throws IllegalArgumentException if that is no distinguished name
		 */
		public Builder subject(String distinguishedName) {
			this.subject.replaceWith(distinguishedName);
			return this;
		}

		/**
		 * Set the common name of the subject.
		 * @param commonName the common name
		 * @return this builder
		 */
		public Builder commonName(String commonName) {
			this.subject.commonName(commonName);
			return this;
		}

		/**
		 * Set the organization of the subject.
		 * @param organization the organization
		 * @return this builder
		 */
		public Builder organization(String organization) {
			this.subject.organization(organization);
			return this;
		}

		/**
		 * Add organizational units to the subject.
		 * @param units the units, the outermost first
		 * @return this builder
		 */
		public Builder organizationalUnit(String... units) {
			this.subject.organizationalUnits(units);
			return this;
		}

		/**
		 * Add DNS names.
		 * @param dnsNames the names, those of other scripts as A-labels
		 * @return this builder
		 * @throws IllegalArgumentException if one is empty or not ASCII
		 */
		public Builder dns(String... dnsNames) {
			this.names.dns(dnsNames);
			return this;
		}

		/**
		 * Add URIs, such as SPIFFE IDs.
		 * @param uris the URIs
		 * @return this builder
		 * @throws IllegalArgumentException if one is empty or not ASCII
		 */
		public Builder uri(String... uris) {
			this.names.uri(uris);
			return this;
		}

		/**
		 * Add IP addresses.
		 * @param addresses the addresses, IPv4 or IPv6
		 * @return this builder
		 * @throws IllegalArgumentException if one is no IP address
		 */
		public Builder ip(String... addresses) {
			this.names.ip(addresses);
			return this;
		}

		/**
		 * Add e-mail addresses.
		 * @param addresses the addresses
		 * @return this builder
		 * @throws IllegalArgumentException if one is empty or not ASCII
		 */
		public Builder email(String... addresses) {
			this.names.email(addresses);
			return this;
		}

		/**
		 * Have a new key of this type made; {@link KeyType#EC_P256} if not set.
		 * @param keyType the type
		 * @return this builder
		 */
		public Builder keyType(KeyType keyType) {
			this.key = keyType::generate;
			return this;
		}

		/**
		 * Use an existing key instead of a new one.
		 * @param keyPair the key
		 * @return this builder
		 */
		public Builder keyPair(KeyPair keyPair) {
			this.key = () -> keyPair;
			return this;
		}

		/**
		 * Set how long the certificate is valid from now on. It begins a few minutes in
		 * the past, for peers whose clocks are slow, and never outlives its issuer.
		 * @param duration a positive duration
		 * @return this builder
		 * @throws IllegalArgumentException if the duration is not positive
		 */
		public Builder validity(Duration duration) {
			if (duration.isNegative() || duration.isZero()) {
				throw new IllegalArgumentException("The validity %s is not positive".formatted(duration));
			}
			this.validity = duration;
			return this;
		}

		/**
		 * Set when the validity begins, whatever the present time is.
		 * @param instant the first second
		 * @return this builder
		 */
		public Builder notBefore(Instant instant) {
			this.notBefore = instant;
			return this;
		}

		/**
		 * Set when the validity ends, whatever the present time and the issuer's end are.
		 * @param instant the last second
		 * @return this builder
		 */
		public Builder notAfter(Instant instant) {
			this.notAfter = instant;
			return this;
		}

		/**
		 * Set the serial number; a random one of 128 bits if not set.
		 * @param number the number
		 * @return this builder
		 */
		public Builder serialNumber(BigInteger number) {
			this.serialNumber = number;
			return this;
		}

		/**
		 * Set whether the basic constraints say that this is an authority.
		 * @param authority whether it is one
		 * @return this builder
		 */
		public Builder authority(boolean authority) {
			return extension(Extension.basicConstraints, new BasicConstraints(authority));
		}

		/**
		 * Make it an authority with a limit of authorities below it.
		 * @param length how many intermediate authorities may follow in a chain
		 * @return this builder
		 * @throws IllegalArgumentException if the length is negative
		 */
		public Builder pathLength(int length) {
			if (length < 0) {
				throw new IllegalArgumentException("The path length %d is negative".formatted(length));
			}
			return extension(Extension.basicConstraints, new BasicConstraints(length));
		}

		/**
		 * Leave the basic constraints out.
		 * @return this builder
		 */
		public Builder withoutBasicConstraints() {
			return withoutExtension(Extension.basicConstraints);
		}

		/**
		 * Set the key usages in place of those that there are.
		 * @param usages the usages
		 * @return this builder
		 */
		public Builder keyUsage(KeyUsage... usages) {
			int bits = 0;
			for (KeyUsage usage : usages) {
				bits |= usage.bit();
			}
			return extension(Extension.keyUsage, new org.bouncycastle.asn1.x509.KeyUsage(bits));
		}

		/**
		 * Leave the key usage out, which allows any.
		 * @return this builder
		 */
		public Builder withoutKeyUsage() {
			return withoutExtension(Extension.keyUsage);
		}

		/**
		 * Set the extended key usages in place of those that there are.
		 * @param usages at least one usage
		 * @return this builder
		 * @throws IllegalArgumentException if there is no usage
		 */
		public Builder extendedKeyUsage(ExtendedKeyUsage... usages) {
			if (usages.length == 0) {
				throw new IllegalArgumentException("Extended key usage needs at least one usage");
			}
			KeyPurposeId[] purposes = new KeyPurposeId[usages.length];
			for (int i = 0; i < usages.length; i++) {
				purposes[i] = KeyPurposeId.getInstance(new ASN1ObjectIdentifier(usages[i].oid()));
			}
			return extension(Extension.extendedKeyUsage, new org.bouncycastle.asn1.x509.ExtendedKeyUsage(purposes));
		}

		/**
		 * Leave the extended key usage out, which allows any.
		 * @return this builder
		 */
		public Builder withoutExtendedKeyUsage() {
			return withoutExtension(Extension.extendedKeyUsage);
		}

		/**
		 * Name the responders that know whether the certificate is revoked.
		 * @param uris their addresses, such as {@code http://ocsp.example.com/}
		 * @return this builder
		 */
		public Builder ocspResponder(String... uris) {
			return extension(Extension.authorityInfoAccess,
					new AuthorityInformationAccess(Arrays.stream(uris)
						.map((uri) -> new AccessDescription(AccessDescription.id_ad_ocsp, uriName(uri)))
						.toArray(AccessDescription[]::new)));
		}

		/**
		 * Name the places of the CRL that says whether the certificate is revoked.
		 * @param uris where the same CRL is, such as {@code http://crl.example.com/a.crl}
		 * @return this builder
		 */
		public Builder crlDistributionPoint(String... uris) {
			GeneralNames names = new GeneralNames(
					Arrays.stream(uris).map(Builder::uriName).toArray(GeneralName[]::new));
			return extension(Extension.cRLDistributionPoints, new CRLDistPoint(
					new DistributionPoint[] { new DistributionPoint(new DistributionPointName(names), null, null) }));
		}

		/**
		 * Leave the identifiers of the subject's and the issuer's key out.
		 * @return this builder
		 */
		public Builder withoutKeyIdentifiers() {
			this.keyIdentifiers = false;
			return this;
		}

		/**
		 * Add any extension, in place of one with the same identifier. Java cannot read a
		 * certificate with a standard extension that is critical and malformed.
		 * @param oid its object identifier, such as {@code 2.5.29.30}
		 * @param critical whether a peer that does not know it must refuse
		 * @param der its value as DER, without the octet string around it
		 * @return this builder
		 * @throws IllegalArgumentException if that is no object identifier
		 */
		public Builder extension(String oid, boolean critical, byte[] der) {
			ASN1ObjectIdentifier identifier = new ASN1ObjectIdentifier(oid);
			this.extensions.put(identifier, new Extension(identifier, critical, der.clone()));
			return this;
		}

		/**
		 * Sign with this algorithm instead of the one that suits the issuer's key.
		 * @param name the name that Java has for it, such as {@code SHA1withRSA}
		 * @return this builder
		 */
		public Builder signatureAlgorithm(String name) {
			this.signatureAlgorithm = name;
			return this;
		}

		/**
		 * Make it a certificate of version 1, which has no extensions, and so no subject
		 * alternative names.
		 * @return this builder
		 */
		public Builder version1() {
			this.version1 = true;
			return this;
		}

		/**
		 * Build the request.
		 * @return the request
		 */
		public CertificateRequest build() {
			return new CertificateRequest(this);
		}

		private Builder extension(ASN1ObjectIdentifier oid, ASN1Encodable value) {
			try {
				boolean critical = !NOT_CRITICAL.contains(oid);
				return extension(oid.getId(), critical, value.toASN1Primitive().getEncoded(ASN1Encoding.DER));
			}
			catch (IOException ex) {
				throw new UncheckedIOException(ex);
			}
		}

		private static GeneralName uriName(String uri) {
			return new GeneralName(GeneralName.uniformResourceIdentifier, uri);
		}

		private Builder withoutExtension(ASN1ObjectIdentifier oid) {
			this.extensions.remove(oid);
			return this;
		}

		private Map<ASN1ObjectIdentifier, Extension> allExtensions() {
			Map<ASN1ObjectIdentifier, Extension> all = new LinkedHashMap<>(this.extensions);
			// RFC 5280, 4.2.1.6: critical if it is the only name
			Extension extension = this.names.toExtension(this.subject.isEmpty());
			if (extension != null) {
				all.putIfAbsent(Extension.subjectAlternativeName, extension);
			}
			return all;
		}

	}

}
