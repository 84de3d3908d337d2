package dev.mtls.cli.certificate;

import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.cert.X509Certificate;
import java.security.interfaces.RSAPublicKey;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

import org.bouncycastle.asn1.ASN1OctetString;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

import dev.mtls.authority.CertificateAuthority;
import dev.mtls.authority.CertificateFiles;
import dev.mtls.authority.CertificateRequest;
import dev.mtls.authority.IssuedCertificate;
import dev.mtls.authority.KeyType;
import dev.mtls.cli.console.PemFile;
import dev.mtls.decision.MtlsException;
import dev.mtls.decision.Reason;

/**
 * {@code mtls cert renew}.
 */
@Command(name = "renew", mixinStandardHelpOptions = true,
		description = "Makes a certificate that says the same as one that ends, with a new key and a new period.",
		footerHeading = "%nExamples:%n",
		footer = { "  mtls cert renew pki/api.example.com.crt --ca pki/ca.crt --force",
				"  mtls cert renew old/api.crt --ca pki/ca.crt --out new --keep-key", "",
				"A running server that reads these files takes the new ones without a restart." })
final class CertRenewCommand implements Runnable {

	/** Identifiers of keys, which are made anew. */
	private static final Set<String> OF_KEYS = Set.of("2.5.29.14", "2.5.29.35");

	private final InstantSource clock;

	@Spec
	private CommandSpec spec = CommandSpec.create();

	@Parameters(paramLabel = "FILE", description = "The certificate.")
	private Path certificate = Path.of("");

	@Option(names = "--key", paramLabel = "FILE",
			description = "Its key. By default the file beside it that ends in .key.")
	private @Nullable Path privateKey;

	@Option(names = "--keep-key",
			description = "Use the key again, and leave its file alone, instead of a new one of its kind.")
	private boolean keepKey;

	@Mixin
	private IssuerOptions issuer = new IssuerOptions();

	@Option(names = "--days", paramLabel = "N",
			description = "Days for which it is valid. By default as many as the old one was.")
	private @Nullable Days days;

	@Option(names = "--out", paramLabel = "DIR",
			description = "Directory for the files. By default that of the old ones.")
	private @Nullable Path directory;

	@Option(names = "--force", description = "Replace files that exist, such as the old ones.")
	private boolean force;

	@Option(names = "--json", description = "Write what was made as JSON.")
	private boolean json;

	CertRenewCommand(InstantSource clock) {
		this.clock = clock;
	}

	@Override
	public void run() {
		CertificateAuthority authority = this.issuer.open(this.spec, this.clock);
		PemFile old = new PemFile("FILE", this.certificate);
		PemFile oldKey = PemFile.of("--key", this.privateKey, old.sibling("--key", ".key"));
		X509Certificate ending = old.certificates().get(0);
		requireIssuedBy(authority, ending);
		Path newCertificate = target(old.path());
		Path newKey = this.keepKey ? oldKey.path() : target(oldKey.path());
		CertificateFiles files = this.keepKey ? TargetOptions.writer(this.force, newCertificate)
				: TargetOptions.writer(this.force, newCertificate, newKey);
		IssuedCertificate issued = authority.issue(request(ending, oldKey));
		if (this.keepKey) {
			files.writeCertificates(issued.chainPem(), newCertificate);
		}
		else {
			files.write(issued, newCertificate, newKey);
		}
		Map<String, Object> made = new LinkedHashMap<>();
		made.put("certificate", newCertificate.toString());
		made.put("privateKey", newKey.toString());
		new Made(made, issued.certificate()).write(this.spec, this.json, this.clock.instant());
	}

	private Path target(Path old) {
		return (this.directory != null) ? this.directory.resolve(old.getFileName()) : old;
	}

	private CertificateRequest request(X509Certificate ending, PemFile oldKey) {
		CertificateRequest.Builder request = CertificateRequest.client("")
			.subject(ending.getSubjectX500Principal().getName())
			.withoutKeyUsage()
			.withoutExtendedKeyUsage()
			.withoutBasicConstraints();
		copyExtensions(ending, request);
		if (this.keepKey) {
			PrivateKey key = oldKey.privateKey(this.issuer.passwords());
			request.keyPair(new KeyPair(ending.getPublicKey(), key));
		}
		else {
			request.keyType(keyType(ending));
		}
		return request.validity((this.days != null) ? this.days.duration() : period(ending)).build();
	}

	private static void copyExtensions(X509Certificate ending, CertificateRequest.Builder request) {
		Set<String> critical = ending.getCriticalExtensionOIDs();
		Set<String> all = new HashSet<>((critical != null) ? critical : Set.of());
		Set<String> others = ending.getNonCriticalExtensionOIDs();
		all.addAll((others != null) ? others : Set.of());
		all.removeAll(OF_KEYS);
		for (String oid : all) {
			byte[] value = ASN1OctetString.getInstance(ending.getExtensionValue(oid)).getOctets();
			request.extension(oid, critical != null && critical.contains(oid), value);
		}
	}

	private static Duration period(X509Certificate ending) {
		Duration period = Duration.between(ending.getNotBefore().toInstant(), ending.getNotAfter().toInstant());
		// The beginning lies a few minutes before the time of issue
		return Duration.ofDays(Math.max(1, period.toDays()));
	}

	private static KeyType keyType(X509Certificate ending) {
		PublicKey key = ending.getPublicKey();
		if (key instanceof RSAPublicKey rsa && rsa.getModulus().bitLength() <= 2048) {
			return KeyType.RSA_2048;
		}
		return switch (key.getAlgorithm()) {
			case "RSA" -> KeyType.RSA_3072;
			case "EdDSA", "Ed25519" -> KeyType.ED25519;
			default -> KeyType.EC_P256;
		};
	}

	private void requireIssuedBy(CertificateAuthority authority, X509Certificate ending) {
		try {
			ending.verify(authority.certificate().getPublicKey());
		}
		catch (GeneralSecurityException ex) {
			throw new MtlsException(Reason.ISSUER_UNKNOWN, this.certificate.toString(),
					"It was not issued by this authority, but by %s"
						.formatted(ending.getIssuerX500Principal().getName()),
					"Name its issuer with --ca, or make a certificate with 'mtls cert create'", ex);
		}
	}

}
