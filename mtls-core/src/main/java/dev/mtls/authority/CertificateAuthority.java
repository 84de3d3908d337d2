package dev.mtls.authority;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;

import dev.mtls.decision.MtlsException;
import dev.mtls.decision.PrintableText;
import dev.mtls.decision.Reason;

/**
 * A certificate authority: a root, or an intermediate below one. It holds its key in
 * memory and keeps no record of what it issues.
 */
public final class CertificateAuthority {

	private static final int KEY_CERT_SIGN = 5;

	private final PrivateKey privateKey;

	private final List<X509Certificate> chain;

	private final InstantSource clock;

	private final CertificateSigner signer;

	private CertificateAuthority(PrivateKey privateKey, List<X509Certificate> chain, InstantSource clock) {
		this.privateKey = privateKey;
		this.chain = List.copyOf(chain);
		this.clock = clock;
		this.signer = new CertificateSigner(privateKey, this.chain.get(0));
	}

	/**
	 * Create a root with a new P-256 key, valid for 3650 days.
	 * @param distinguishedName its subject, such as {@code CN=Example CA}
	 * @return the authority
	 * @throws IllegalArgumentException if that is no distinguished name
	 */
	public static CertificateAuthority create(String distinguishedName) {
		return create(CertificateRequest.authority(distinguishedName).build(), InstantSource.system());
	}

	/**
	 * Create a root.
	 * @param request what its certificate says, see {@link CertificateRequest#authority}
	 * @param clock the time from which validity counts
	 * @return the authority
	 * @throws IllegalArgumentException if the request cannot be fulfilled
	 */
	public static CertificateAuthority create(CertificateRequest request, InstantSource clock) {
		IssuedCertificate root = selfSigned(request, clock);
		return new CertificateAuthority(root.privateKey(), root.chain(), clock);
	}

	/**
	 * Issue a certificate that is signed with its own key.
	 * @param request what it says
	 * @param clock the time from which validity counts
	 * @return the certificate
	 * @throws IllegalArgumentException if the request cannot be fulfilled
	 */
	public static IssuedCertificate selfSigned(CertificateRequest request, InstantSource clock) {
		KeyPair key = request.newKeyPair();
		CertificateSigner signer = new CertificateSigner(key.getPrivate(), null);
		return new IssuedCertificate(key.getPrivate(), List.of(signer.sign(request, key.getPublic(), clock.instant())));
	}

	/**
	 * Open an authority that was created before.
	 * @param privateKey its key
	 * @param chain its certificate, then those of its issuers; with the root, or without
	 * @param clock the time from which validity counts
	 * @return the authority
	 * @throws MtlsException if the chain is empty or not in order, the certificate is not
	 * that of an authority or has expired, or the key does not belong to it
	 */
	public static CertificateAuthority open(PrivateKey privateKey, List<X509Certificate> chain, InstantSource clock) {
		if (chain.isEmpty()) {
			throw new MtlsException(Reason.MATERIAL_INVALID, "authority", "There is no certificate",
					"Give the certificate that belongs to the key");
		}
		X509Certificate certificate = chain.get(0);
		requireAuthority(certificate);
		requireCurrent(certificate, clock.instant());
		requireKeyOf(certificate, privateKey);
		for (int i = 1; i < chain.size(); i++) {
			requireIssued(chain.get(i - 1), chain.get(i));
		}
		return new CertificateAuthority(privateKey, chain, clock);
	}

	/**
	 * Create an intermediate below this authority, valid for 3650 days or as long as this
	 * one, under which no further authority may stand.
	 * @param distinguishedName its subject
	 * @return the intermediate
	 * @throws IllegalArgumentException if that is no distinguished name
	 */
	public CertificateAuthority intermediate(String distinguishedName) {
		return intermediate(CertificateRequest.authority(distinguishedName).pathLength(0).build());
	}

	/**
	 * Create an intermediate below this authority.
	 * @param request what its certificate says, see {@link CertificateRequest#authority}
	 * @return the intermediate
	 * @throws IllegalArgumentException if the request cannot be fulfilled
	 */
	public CertificateAuthority intermediate(CertificateRequest request) {
		KeyPair key = request.newKeyPair();
		List<X509Certificate> chainOfIntermediate = new ArrayList<>(this.chain);
		chainOfIntermediate.add(0, sign(request, key.getPublic()));
		return new CertificateAuthority(key.getPrivate(), chainOfIntermediate, this.clock);
	}

	/**
	 * Issue a certificate with a key of its own.
	 * @param request what the certificate says
	 * @return the certificate
	 * @throws IllegalArgumentException if the request cannot be fulfilled
	 */
	public IssuedCertificate issue(CertificateRequest request) {
		KeyPair key = request.newKeyPair();
		return new IssuedCertificate(key.getPrivate(), issue(request, key.getPublic()));
	}

	/**
	 * Issue a certificate for a key that somebody else holds.
	 * @param request what the certificate says
	 * @param publicKey the key
	 * @return the certificate, then the intermediates below the root
	 * @throws IllegalArgumentException if the request cannot be fulfilled
	 */
	public List<X509Certificate> issue(CertificateRequest request, PublicKey publicKey) {
		List<X509Certificate> issued = new ArrayList<>();
		issued.add(sign(request, publicKey));
		issued.addAll(withoutRoot());
		return List.copyOf(issued);
	}

	/**
	 * Sign the list of what this authority has revoked.
	 * @param request what the list says
	 * @return a CRL as DER
	 * @throws IllegalArgumentException if the list would end before it begins
	 */
	public byte[] revocationList(RevocationListRequest request) {
		return new RevocationListSigner(this.privateKey, certificate()).sign(request, this.clock.instant());
	}

	/**
	 * This authority's certificate.
	 * @return the certificate
	 */
	public X509Certificate certificate() {
		return this.chain.get(0);
	}

	/**
	 * What a peer trusts who trusts this authority's root.
	 * @return the last certificate of the chain
	 */
	public X509Certificate anchor() {
		return this.chain.get(this.chain.size() - 1);
	}

	/**
	 * This authority's own certificate and key, as they are kept to open it again.
	 * @return the certificate, with the intermediates above it but not the root
	 */
	public IssuedCertificate own() {
		return new IssuedCertificate(this.privateKey, (this.chain.size() > 1) ? withoutRoot() : this.chain);
	}

	@Override
	public String toString() {
		return "CertificateAuthority[%s]".formatted(nameOf(certificate()));
	}

	private X509Certificate sign(CertificateRequest request, PublicKey publicKey) {
		return this.signer.sign(request, publicKey, this.clock.instant());
	}

	private List<X509Certificate> withoutRoot() {
		boolean endsInRoot = anchor().getSubjectX500Principal().equals(anchor().getIssuerX500Principal());
		return endsInRoot ? this.chain.subList(0, this.chain.size() - 1) : this.chain;
	}

	private static void requireAuthority(X509Certificate certificate) {
		boolean[] keyUsage = certificate.getKeyUsage();
		if (certificate.getBasicConstraints() < 0 || (keyUsage != null && !keyUsage[KEY_CERT_SIGN])) {
			throw new MtlsException(Reason.MATERIAL_INVALID, "authority " + nameOf(certificate),
					"The certificate is not one of an authority", "Give a certificate that may sign others");
		}
	}

	private static void requireCurrent(X509Certificate certificate, Instant now) {
		if (certificate.getNotAfter().toInstant().isBefore(now)) {
			throw new MtlsException(Reason.MATERIAL_EXPIRED, "authority " + nameOf(certificate),
					"The certificate expired at %s".formatted(certificate.getNotAfter().toInstant()),
					"Create a new authority");
		}
	}

	private static void requireKeyOf(X509Certificate certificate, PrivateKey privateKey) {
		if (!isKeyOf(certificate.getPublicKey(), privateKey)) {
			throw new MtlsException(Reason.KEY_MISMATCH, "authority " + nameOf(certificate),
					"The private key does not belong to the certificate", "Give the key that was made with it");
		}
	}

	private static boolean isKeyOf(PublicKey publicKey, PrivateKey privateKey) {
		String algorithm = CertificateSigner.algorithmFor(privateKey);
		byte[] text = "mtls".getBytes(StandardCharsets.US_ASCII);
		try {
			Signature signature = Signature.getInstance(algorithm);
			signature.initSign(privateKey);
			signature.update(text);
			byte[] signed = signature.sign();
			signature.initVerify(publicKey);
			signature.update(text);
			return signature.verify(signed);
		}
		catch (GeneralSecurityException ex) {
			return false;
		}
	}

	private static void requireIssued(X509Certificate certificate, X509Certificate issuer) {
		try {
			certificate.verify(issuer.getPublicKey());
		}
		catch (GeneralSecurityException ex) {
			throw new MtlsException(Reason.CHAIN_INVALID, "authority " + nameOf(certificate),
					"The certificate was not issued by %s, which follows it".formatted(nameOf(issuer)),
					"Give the chain in order, each certificate before its issuer", ex);
		}
	}

	private static String nameOf(X509Certificate certificate) {
		return PrintableText.of(certificate.getSubjectX500Principal().getName());
	}

}
