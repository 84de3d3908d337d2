package dev.mtls.test;

import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;

import dev.mtls.authority.CertificateAuthority;
import dev.mtls.authority.CertificateRequest;
import dev.mtls.authority.ExtendedKeyUsage;
import dev.mtls.authority.KeyUsage;

/**
 * Issues certificates that have exactly one flaw.
 */
final class FlawedCertificate {

	static final String WRONG_NAME = "wrong.example";

	private static final Duration DAY = Duration.ofDays(1);

	private static final String UNKNOWN_EXTENSION = "1.3.6.1.4.1.32473.1";

	private static final byte[] DER_NULL = { 5, 0 };

	private final CertificateAuthority authority;

	private final Instant now;

	FlawedCertificate(CertificateAuthority authority, Instant now) {
		this.authority = authority;
		this.now = now;
	}

	TestCertificate issue(Flaw flaw, CertificateRequest.Builder request, ExtendedKeyUsage wrongUsage) {
		return switch (flaw) {
			case EXPIRED -> issue(request.notBefore(this.now.minus(DAY.multipliedBy(2))).notAfter(this.now.minus(DAY)));
			case NOT_YET_VALID ->
				issue(request.notBefore(this.now.plus(DAY)).notAfter(this.now.plus(DAY.multipliedBy(2))));
			case OTHER_AUTHORITY -> issue(root("CN=Other CA"), request);
			case IMPOSTOR_AUTHORITY -> fromImpostor(request);
			case SELF_SIGNED -> TestCertificate.of(CertificateAuthority.selfSigned(request.build(), clock()));
			case MISSING_INTERMEDIATE -> withoutIntermediate(request);
			case WRONG_NAME -> issue(request);
			case WRONG_EXTENDED_KEY_USAGE -> issue(request.extendedKeyUsage(wrongUsage));
			case WITHOUT_EXTENDED_KEY_USAGE -> issue(request.withoutExtendedKeyUsage());
			case WRONG_KEY_USAGE -> issue(request.keyUsage(KeyUsage.KEY_AGREEMENT));
			case WITHOUT_KEY_USAGE -> issue(request.withoutKeyUsage());
			case CA_AS_LEAF -> issue(request.authority(true));
			case KEY_CERT_SIGN -> issue(request.keyUsage(KeyUsage.DIGITAL_SIGNATURE, KeyUsage.KEY_CERT_SIGN));
			case WEAK_KEY -> issue(request.keyPair(WeakKey.rsa1024()));
			case WEAK_SIGNATURE -> issue(request.signatureAlgorithm(sha1()));
			case UNKNOWN_CRITICAL_EXTENSION -> issue(request.extension(UNKNOWN_EXTENSION, true, DER_NULL));
			case VERSION_1 -> issue(request.version1());
		};
	}

	private TestCertificate issue(CertificateRequest.Builder request) {
		return issue(this.authority, request);
	}

	private static TestCertificate issue(CertificateAuthority authority, CertificateRequest.Builder request) {
		return TestCertificate.of(authority.issue(request.build()));
	}

	private TestCertificate fromImpostor(CertificateRequest.Builder request) {
		TestCertificate forged = issue(root(subjectOf(this.authority)), request);
		// with the true intermediates, if there are any
		List<X509Certificate> chain = new ArrayList<>(
				this.authority.issue(request.build(), forged.certificate().getPublicKey()));
		chain.set(0, forged.certificate());
		return forged.withChain(chain.toArray(X509Certificate[]::new));
	}

	private TestCertificate withoutIntermediate(CertificateRequest.Builder request) {
		TestCertificate complete = issue(this.authority.intermediate("CN=Missing Intermediate CA"), request);
		return complete.withChain(complete.certificate());
	}

	private CertificateAuthority root(String distinguishedName) {
		return CertificateAuthority.create(CertificateRequest.authority(distinguishedName).build(), clock());
	}

	private InstantSource clock() {
		return InstantSource.fixed(this.now);
	}

	private String sha1() {
		return "EC".equals(this.authority.certificate().getPublicKey().getAlgorithm()) ? "SHA1withECDSA"
				: "SHA1withRSA";
	}

	private static String subjectOf(CertificateAuthority authority) {
		return authority.certificate().getSubjectX500Principal().getName();
	}

}
