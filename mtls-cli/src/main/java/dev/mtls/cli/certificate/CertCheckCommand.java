package dev.mtls.cli.certificate;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;

import picocli.CommandLine.Command;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

import dev.mtls.cli.console.ExitStatus;
import dev.mtls.cli.console.Output;
import dev.mtls.cli.console.PemFile;
import dev.mtls.decision.MtlsException;
import dev.mtls.decision.PrintableText;

/**
 * {@code mtls cert check}.
 */
@Command(name = "check", mixinStandardHelpOptions = true, showDefaultValues = true,
		description = "Checks how long the certificates of files are valid, for monitoring.",
		exitCodeListHeading = "%nExit status:%n",
		exitCodeList = { "0:All are valid for longer.", "1:A file could not be read.", "2:The command line is wrong.",
				"3:A certificate ends within the days.", "4:A certificate has ended or is not yet valid." },
		footerHeading = "%nExamples:%n",
		footer = { "  mtls cert check pki/*.crt --days 14", "  mtls cert check /etc/tls/tls.crt --quiet || alert" })
final class CertCheckCommand implements Callable<Integer> {

	private final InstantSource clock;

	@Spec
	private CommandSpec spec = CommandSpec.create();

	@Parameters(arity = "1..*", paramLabel = "FILE", description = "PEM or DER files.")
	private List<Path> files = List.of();

	@Option(names = "--days", paramLabel = "N", defaultValue = "30",
			description = "Days that each certificate must have left.")
	private Days days = new Days(30);

	@Option(names = { "-q", "--quiet" }, description = "Write only about those that need attention.")
	private boolean quiet;

	@Option(names = "--json", description = "Write an array of all certificates as JSON.")
	private boolean json;

	CertCheckCommand(InstantSource clock) {
		this.clock = clock;
	}

	@Override
	public Integer call() {
		List<Checked> all = new ArrayList<>();
		boolean unreadable = false;
		for (Path file : this.files) {
			try {
				for (X509Certificate certificate : new PemFile("FILE", file).certificates()) {
					all.add(check(file, certificate));
				}
			}
			catch (MtlsException ex) {
				unreadable = true;
				this.spec.commandLine()
					.getErr()
					.printf("mtls: %s%n", PrintableText.of(String.valueOf(ex.getMessage())));
			}
		}
		write(all);
		State worst = all.stream().map(Checked::state).reduce(State.VALID, State::worst);
		return unreadable ? ExitStatus.FAILED : worst.exitStatus;
	}

	private Checked check(Path file, X509Certificate certificate) {
		Instant now = this.clock.instant();
		Instant end = certificate.getNotAfter().toInstant();
		State state = State.VALID;
		if (now.isAfter(end)) {
			state = State.ENDED;
		}
		else if (now.isBefore(certificate.getNotBefore().toInstant())) {
			state = State.NOT_YET_VALID;
		}
		else if (now.plus(this.days.duration()).isAfter(end)) {
			state = State.ENDS_SOON;
		}
		return new Checked(file, certificate, CertificateDetails.daysLeft(certificate, now), state);
	}

	private void write(List<Checked> all) {
		PrintWriter out = this.spec.commandLine().getOut();
		List<Checked> shown = all.stream().filter((checked) -> !this.quiet || checked.state != State.VALID).toList();
		if (this.json) {
			Output.json(out, shown.stream().map(Checked::values).toList());
			return;
		}
		Ansi ansi = this.spec.commandLine().getColorScheme().ansi();
		for (Checked checked : shown) {
			out.printf("%s  %s  %s  %s%n", ansi.string(checked.state.label), checked.file,
					PrintableText.of(checked.subject()), checked.validity());
		}
	}

	/**
	 * How it is with the validity of a certificate.
	 */
	private enum State {

		VALID("@|green ok           |@", ExitStatus.OK),

		ENDS_SOON("@|yellow ends soon    |@", ExitStatus.ATTENTION),

		NOT_YET_VALID("@|red not yet valid|@", ExitStatus.OUT_OF_ORDER),

		ENDED("@|red ended        |@", ExitStatus.OUT_OF_ORDER);

		private final String label;

		private final int exitStatus;

		State(String label, int exitStatus) {
			this.label = label;
			this.exitStatus = exitStatus;
		}

		private State worst(State other) {
			return (compareTo(other) >= 0) ? this : other;
		}

	}

	/**
	 * A certificate that was checked.
	 *
	 * @param file the file that it is in
	 * @param certificate the certificate
	 * @param daysLeft the days until its end
	 * @param state how it is with it
	 */
	private record Checked(Path file, X509Certificate certificate, long daysLeft, State state) {

		private String subject() {
			return this.certificate.getSubjectX500Principal().getName();
		}

		private String validity() {
			Instant end = this.certificate.getNotAfter().toInstant();
			return switch (this.state) {
				case ENDED -> "ended %s".formatted(end);
				case NOT_YET_VALID -> "begins %s".formatted(this.certificate.getNotBefore().toInstant());
				default -> "%d days left, until %s".formatted(this.daysLeft, end);
			};
		}

		private Map<String, Object> values() {
			Map<String, Object> values = new LinkedHashMap<>();
			values.put("file", this.file.toString());
			values.put("state", this.state.name().toLowerCase(Locale.ROOT).replace('_', '-'));
			values.put("subject", subject());
			values.put("serialNumber", CertificateDetails.hexadecimal(this.certificate.getSerialNumber()));
			values.put("notBefore", this.certificate.getNotBefore().toInstant().toString());
			values.put("notAfter", this.certificate.getNotAfter().toInstant().toString());
			values.put("daysLeft", this.daysLeft);
			return values;
		}

	}

}
