package dev.mtls.cli.doctor;

import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;

import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

import dev.mtls.cli.console.ExitStatus;
import dev.mtls.cli.console.PasswordOptions;
import dev.mtls.decision.MtlsException;
import dev.mtls.identity.ReferenceIdentifier;
import dev.mtls.material.KeyMaterial;
import dev.mtls.material.TrustMaterial;

/**
 * {@code mtls doctor}: says what is wrong with a connection, and how to mend it.
 */
@Command(name = "doctor", mixinStandardHelpOptions = true,
		description = { "Walks a TLS connection step by step, and says what is wrong and how to mend it.",
				"It makes up to three connections and sends no application data. The client certificate is only"
						+ " shown to a server whose chain and name are right." },
		exitCodeListHeading = "%nExit status:%n",
		exitCodeList = { "0:No problem was found.", "1:A file could not be used.", "2:The command line is wrong.",
				"3:A problem was found." },
		footerHeading = "%nExamples:%n",
		footer = { "  A public server, with the CAs of this Java runtime:", "  mtls doctor www.example.com:443", "",
				"  A client certificate:", "  mtls doctor api.example.com:8443 --ca ca.crt \\",
				"      --cert client.crt --key client.key", "",
				"  An address, and the name that its certificate is to hold:",
				"  mtls doctor 10.0.0.7:8443 --server-name api.example.com --ca ca.crt", "",
				"  The problems for a script, such as wrong-name:",
				"  mtls doctor api.example.com:8443 --json | jq '.steps[].problems[]'" })
public final class DoctorCommand implements Callable<Integer> {

	private final Doctor doctor;

	@Spec
	private CommandSpec spec = CommandSpec.create();

	@Parameters(paramLabel = "host:port", description = "Where to connect to. An IPv6 address stands in brackets.")
	private String target = "";

	@Option(names = "--cert", paramLabel = "FILE",
			description = "The client certificate with its intermediates, as PEM.")
	private @Nullable Path certificate;

	@Option(names = "--key", paramLabel = "FILE",
			description = "Its private key, as PEM. Without it, the key is read from the file of --cert, or from that beside it which ends in .key.")
	private @Nullable Path privateKey;

	@Mixin
	private PasswordOptions password = new PasswordOptions();

	@Option(names = "--ca", paramLabel = "FILE",
			description = "Trusted CA certificates, as PEM or DER. May be given several times. Without it, the CAs of"
					+ " this Java runtime are trusted.")
	private List<Path> authorities = new ArrayList<>();

	@Option(names = "--server-name", paramLabel = "NAME",
			description = "The name to send as SNI and to look for in the server's certificate. Without it, the host.")
	private @Nullable String serverName;

	@Option(names = "--timeout", paramLabel = "DURATION", defaultValue = "5s", converter = TimeoutConverter.class,
			description = "The bound on each wait, such as 500ms, 5s or 1m (default: ${DEFAULT-VALUE}). A refusal after"
					+ " the handshake is waited for a fifth of it.")
	private Duration timeout = Duration.ofSeconds(5);

	@Option(names = "--json", description = "Write the diagnosis as JSON.")
	private boolean json;

	/**
	 * Create the command.
	 * @param clock the time at which certificates must be valid
	 */
	public DoctorCommand(InstantSource clock) {
		this(new Doctor(clock));
	}

	DoctorCommand(Doctor doctor) {
		this.doctor = doctor;
	}

	/**
	 * Examine the connection and print the diagnosis.
	 * @return an exit status of {@link ExitStatus}
	 */
	@Override
	public Integer call() {
		Target parsed = target();
		ReferenceIdentifier reference = reference(parsed);
		if (this.privateKey != null && this.certificate == null) {
			throw usage("--key is of no use without --cert; give the certificate of the key too");
		}
		try {
			boolean systemTrust = this.authorities.isEmpty();
			TrustMaterial trust = systemTrust ? Credentials.systemTrust() : Credentials.trust(this.authorities);
			KeyMaterial key = (this.certificate != null)
					? Credentials.key(this.certificate, this.privateKey, this.password.passwords()) : null;
			String name = (this.serverName != null) ? this.serverName : parsed.host();
			return print(this.doctor.examine(new Plan(parsed, name, reference, key, trust, systemTrust, this.timeout)));
		}
		catch (MtlsException ex) {
			this.spec.commandLine().getErr().println("mtls: " + ex.getMessage());
			this.spec.commandLine().getErr().flush();
			return ExitStatus.FAILED;
		}
	}

	private int print(Diagnosis diagnosis) {
		if (this.json) {
			new JsonReport(this.spec.commandLine().getOut()).print(diagnosis);
		}
		else {
			new TextReport(this.spec.commandLine().getOut(), this.spec.commandLine().getColorScheme().ansi())
				.print(diagnosis);
		}
		return diagnosis.findings().isEmpty() ? ExitStatus.OK : ExitStatus.ATTENTION;
	}

	private Target target() {
		try {
			return Target.parse(this.target);
		}
		catch (IllegalArgumentException ex) {
			throw usage(String.valueOf(ex.getMessage()));
		}
	}

	private ReferenceIdentifier reference(Target parsed) {
		String name = (this.serverName != null) ? this.serverName : parsed.host();
		try {
			return ReferenceIdentifier.of(name);
		}
		catch (MtlsException ex) {
			throw usage("'%s' is no host name that a certificate can hold: %s".formatted(name, ex.problem()));
		}
	}

	private ParameterException usage(String message) {
		return new ParameterException(this.spec.commandLine(), message);
	}

}
