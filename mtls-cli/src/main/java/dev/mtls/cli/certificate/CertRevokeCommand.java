package dev.mtls.cli.certificate;

import java.io.PrintWriter;
import java.math.BigInteger;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.cert.CRLReason;
import java.security.cert.X509CRL;
import java.security.cert.X509Certificate;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

import dev.mtls.authority.CertificateAuthority;
import dev.mtls.cli.console.Output;
import dev.mtls.cli.console.PemFile;
import dev.mtls.decision.MtlsException;
import dev.mtls.decision.Reason;

/**
 * {@code mtls cert revoke}.
 */
@Command(name = "revoke", mixinStandardHelpOptions = true, showDefaultValues = true,
		description = "Revokes certificates: adds them to the CRL of their authority, and signs it anew.",
		footerHeading = "%nExamples:%n",
		footer = { "  mtls cert revoke pki/billing.crt --ca pki/ca.crt --reason key-compromise",
				"  mtls cert revoke --serial 4f21a0 --ca pki/ca.crt",
				"  mtls cert revoke --ca pki/ca.crt       (only signs the CRL anew)", "",
				"A server that reads the CRL (mtls.server.revocation.crls=file:pki/ca.crl)",
				"refuses them from then on, and cuts their connections." })
final class CertRevokeCommand implements Runnable {

	private final InstantSource clock;

	@Spec
	private CommandSpec spec = CommandSpec.create();

	@Parameters(arity = "0..*", paramLabel = "FILE", description = "The certificates.")
	private List<Path> certificates = List.of();

	@Option(names = "--serial", paramLabel = "HEX", converter = SerialNumberConverter.class,
			description = "Serial number of a certificate. May be repeated.")
	private List<BigInteger> serialNumbers = List.of();

	@Mixin
	private IssuerOptions issuer = new IssuerOptions();

	@Option(names = "--crl", paramLabel = "FILE",
			description = "The CRL. By default the file beside the authority's certificate that ends in .crl.")
	private @Nullable Path crl;

	@Option(names = "--crl-days", paramLabel = "N", defaultValue = "30", description = "Days for which the CRL counts.")
	private Days crlDays = new Days(30);

	@Option(names = "--reason", paramLabel = "REASON", defaultValue = "unspecified", converter = ReasonConverter.class,
			completionCandidates = ReasonConverter.Names.class, description = "One of ${COMPLETION-CANDIDATES}.")
	private CRLReason reason = CRLReason.UNSPECIFIED;

	@Option(names = "--json", description = "Write what was done as JSON.")
	private boolean json;

	CertRevokeCommand(InstantSource clock) {
		this.clock = clock;
	}

	@Override
	public void run() {
		CertificateAuthority authority = this.issuer.open(this.spec, this.clock);
		Set<BigInteger> revoked = new LinkedHashSet<>(this.serialNumbers);
		for (Path file : this.certificates) {
			revoked.add(serialNumber(authority, file));
		}
		PemFile file = PemFile.of("--crl", this.crl, this.issuer.file(this.spec).sibling("--crl", ".crl"));
		RevocationList list = new RevocationList(file);
		int added = list.revoke(authority, revoked, this.reason, this.crlDays.duration());
		write(file, list.read(), revoked, added);
	}

	private static BigInteger serialNumber(CertificateAuthority authority, Path file) {
		X509Certificate certificate = new PemFile("FILE", file).certificates().get(0);
		if (certificate.equals(authority.certificate())) {
			throw new MtlsException(Reason.CONFIGURATION_CONFLICT, file.toString(), "It is the authority itself",
					"Have its issuer revoke it; a root is taken out of the trust certificates of its peers");
		}
		try {
			certificate.verify(authority.certificate().getPublicKey());
			return certificate.getSerialNumber();
		}
		catch (GeneralSecurityException ex) {
			throw new MtlsException(Reason.ISSUER_UNKNOWN, file.toString(),
					"It was not issued by this authority, but by %s"
						.formatted(certificate.getIssuerX500Principal().getName()),
					"Name its issuer with --ca", ex);
		}
	}

	private void write(PemFile file, X509CRL written, Set<BigInteger> revoked, int added) {
		PrintWriter out = this.spec.commandLine().getOut();
		Map<String, Object> values = new LinkedHashMap<>();
		values.put("crl", file.path().toString());
		values.put("number", String.valueOf(RevocationList.number(written)));
		values.put("nextUpdate", written.getNextUpdate().toInstant().toString());
		values.put("revoked", revoked.stream().map(CertificateDetails::hexadecimal).toList());
		values.put("added", added);
		values.put("entries", RevocationList.entries(written).size());
		if (this.json) {
			Output.json(out, values);
		}
		else {
			Output.text(out, values);
		}
	}

}
