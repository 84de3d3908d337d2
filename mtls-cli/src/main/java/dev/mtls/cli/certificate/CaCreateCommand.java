package dev.mtls.cli.certificate;

import java.nio.file.Path;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.Map;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

import dev.mtls.authority.CertificateAuthority;
import dev.mtls.authority.CertificateFiles;
import dev.mtls.authority.CertificateRequest;
import dev.mtls.authority.KeyType;
import dev.mtls.cli.console.PemFile;

/**
 * {@code mtls ca create}.
 */
@Command(name = "create", mixinStandardHelpOptions = true, showDefaultValues = true,
		description = "Makes an authority: its certificate, its key, and a CRL that is empty. With --ca an intermediate below that.",
		footerHeading = "%nExamples:%n",
		footer = { "  mtls ca create --name \"Example CA\" --out pki",
				"  mtls ca create --name \"CN=Services,O=Example\" --file services \\",
				"      --ca pki/ca.crt --out pki", "",
				"Keep the key of a root offline, and issue with an intermediate." })
final class CaCreateCommand implements Runnable {

	private final InstantSource clock;

	@Spec
	private CommandSpec spec = CommandSpec.create();

	@Option(names = "--name", required = true, paramLabel = "NAME",
			description = "Common name, or a whole distinguished name such as CN=Example CA,O=Example.")
	private String name = "";

	@Mixin
	private IssuerOptions parent = new IssuerOptions();

	@Option(names = "--file", paramLabel = "NAME", defaultValue = "ca",
			description = "Name of the files, before .crt, .key and .crl.")
	private String file = "ca";

	@Option(names = "--days", paramLabel = "N", defaultValue = "3650", description = "Days for which it is valid.")
	private Days days = new Days(3650);

	@Option(names = "--crl-days", paramLabel = "N", defaultValue = "30",
			description = "Days for which its CRL counts. 'mtls cert revoke' renews it.")
	private Days crlDays = new Days(30);

	@Option(names = "--key-type", paramLabel = "TYPE", defaultValue = "ec", converter = KeyTypeConverter.class,
			completionCandidates = KeyTypeConverter.Names.class, description = "One of ${COMPLETION-CANDIDATES}.")
	private KeyType keyType = KeyType.EC_P256;

	@Mixin
	private TargetOptions target = new TargetOptions();

	@Option(names = "--json", description = "Write what was made as JSON.")
	private boolean json;

	CaCreateCommand(InstantSource clock) {
		this.clock = clock;
	}

	@Override
	public void run() {
		CertificateRequest.Builder request = CertificateRequest
			.authority(SubjectNames.distinguishedName("--name", this.name))
			.keyType(this.keyType)
			.validity(this.days.duration());
		CertificateAuthority authority = this.parent.isGiven()
				? this.parent.open(this.spec, this.clock).intermediate(request.pathLength(0).build())
				: CertificateAuthority.create(request.build(), this.clock);
		Path certificate = this.target.file(this.file + ".crt");
		Path privateKey = this.target.file(this.file + ".key");
		Path crl = this.target.file(this.file + ".crl");
		CertificateFiles files = this.target.writer(certificate, privateKey, crl);
		files.write(authority.own(), certificate, privateKey);
		new RevocationList(new PemFile("--out", crl)).create(authority, this.crlDays.duration(), files);
		Map<String, Object> made = new LinkedHashMap<>();
		made.put("certificate", certificate.toString());
		made.put("privateKey", privateKey.toString());
		made.put("crl", crl.toString());
		new Made(made, authority.certificate()).write(this.spec, this.json, this.clock.instant());
	}

}
