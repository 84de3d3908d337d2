package dev.mtls.cli.certificate;

import java.io.PrintWriter;
import java.math.BigInteger;
import java.nio.file.Path;
import java.security.cert.X509CRL;
import java.time.InstantSource;
import java.util.Date;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

import dev.mtls.cli.console.Output;
import dev.mtls.cli.console.PemFile;

/**
 * {@code mtls crl show}.
 */
@Command(name = "show", mixinStandardHelpOptions = true, description = "Shows a list of revoked certificates.",
		footerHeading = "%nExamples:%n", footer = { "  mtls crl show pki/ca.crl", "  mtls crl show pki/ca.crl --json" })
final class CrlShowCommand implements Runnable {

	private final InstantSource clock;

	@Spec
	private CommandSpec spec = CommandSpec.create();

	@Parameters(paramLabel = "FILE", description = "The CRL, PEM or DER.")
	private Path file = Path.of("");

	@Option(names = "--json", description = "Write it as JSON.")
	private boolean json;

	CrlShowCommand(InstantSource clock) {
		this.clock = clock;
	}

	@Override
	public void run() {
		X509CRL crl = new RevocationList(new PemFile("FILE", this.file)).read();
		PrintWriter out = this.spec.commandLine().getOut();
		BigInteger number = RevocationList.number(crl);
		Date nextUpdate = crl.getNextUpdate();
		Map<String, Object> values = new LinkedHashMap<>();
		values.put("issuer", crl.getIssuerX500Principal().getName());
		values.put("number", (number != null) ? number.toString() : null);
		values.put("thisUpdate", crl.getThisUpdate().toInstant().toString());
		values.put("nextUpdate", text(nextUpdate));
		values.put("current", nextUpdate == null || !this.clock.instant().isAfter(nextUpdate.toInstant()));
		List<Map<String, Object>> entries = entries(crl);
		if (this.json) {
			values.put("entries", entries);
			Output.json(out, values);
			return;
		}
		values.put("entries", entries.size());
		Output.text(out, values);
		entries.forEach((entry) -> out.printf("  %-40s  %s  %s%n", entry.get("serialNumber"), entry.get("revoked"),
				entry.get("reason")));
	}

	private static List<Map<String, Object>> entries(X509CRL crl) {
		return RevocationList.entries(crl).stream().map((entry) -> {
			Map<String, Object> values = new LinkedHashMap<>();
			values.put("serialNumber", CertificateDetails.hexadecimal(entry.getSerialNumber()));
			values.put("revoked", entry.getRevocationDate().toInstant().toString());
			values.put("reason", RevocationList.nameOf(entry.getRevocationReason()));
			return values;
		}).toList();
	}

	private static @Nullable String text(@Nullable Date date) {
		return (date != null) ? date.toInstant().toString() : null;
	}

}
