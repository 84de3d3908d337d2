package dev.mtls.cli.certificate;

import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

import dev.mtls.cli.console.Output;
import dev.mtls.cli.console.PemFile;

/**
 * {@code mtls cert show}.
 */
@Command(name = "show", mixinStandardHelpOptions = true,
		description = "Shows the certificates of a file, or those that a server presents.",
		footerHeading = "%nExamples:%n",
		footer = { "  mtls cert show pki/api.example.com.crt", "  mtls cert show api.example.com:8443 --json", "",
				"What a server presents is shown whether it is trusted or not:", "'mtls doctor' judges it." })
final class CertShowCommand implements Runnable {

	private final InstantSource clock;

	@Spec
	private CommandSpec spec = CommandSpec.create();

	@Parameters(paramLabel = "FILE|HOST:PORT", description = "PEM or DER file, or a server.")
	private String place = "";

	@Option(names = "--json", description = "Write an array of certificates as JSON.")
	private boolean json;

	CertShowCommand(InstantSource clock) {
		this.clock = clock;
	}

	@Override
	public void run() {
		List<Map<String, Object>> certificates = certificates().stream()
			.map((certificate) -> CertificateDetails.of(certificate, this.clock.instant()))
			.toList();
		PrintWriter out = this.spec.commandLine().getOut();
		if (this.json) {
			Output.json(out, certificates);
			return;
		}
		for (int i = 0; i < certificates.size(); i++) {
			if (i > 0) {
				out.println();
			}
			Output.text(out, certificates.get(i));
		}
	}

	private List<X509Certificate> certificates() {
		Path file = Path.of(this.place);
		return (!Files.exists(file) && ServerCertificates.isAddress(this.place)) ? ServerCertificates.of(this.place)
				: new PemFile("FILE", file).certificates();
	}

}
