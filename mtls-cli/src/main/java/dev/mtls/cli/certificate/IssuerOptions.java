package dev.mtls.cli.certificate;

import java.nio.file.Path;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.time.InstantSource;
import java.util.List;

import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;

import dev.mtls.authority.CertificateAuthority;
import dev.mtls.cli.console.PasswordOptions;
import dev.mtls.cli.console.Passwords;
import dev.mtls.cli.console.PemFile;
import dev.mtls.decision.MtlsException;

/**
 * Which authority signs.
 */
final class IssuerOptions {

	@Option(names = "--ca", paramLabel = "FILE",
			description = "Certificate of the authority that signs, with those above it if it is an intermediate.")
	private @Nullable Path certificate;

	@Option(names = "--ca-key", paramLabel = "FILE",
			description = "Key of the authority. By default the file beside its certificate that ends in .key.")
	private @Nullable Path privateKey;

	@Mixin
	private PasswordOptions password = new PasswordOptions();

	/**
	 * Whether an authority is named.
	 * @return whether it is
	 */
	boolean isGiven() {
		return this.certificate != null;
	}

	/**
	 * Open the authority.
	 * @param spec the command that needs it
	 * @param clock tells the time
	 * @return the authority
	 * @throws ParameterException if none is named
	 * @throws MtlsException if a file cannot be read, or certificate and key are not
	 * those of an authority
	 */
	CertificateAuthority open(CommandSpec spec, InstantSource clock) {
		PemFile file = file(spec);
		PemFile key = PemFile.of("--ca-key", this.privateKey, file.sibling("--ca-key", ".key"));
		List<X509Certificate> chain = file.certificates();
		PrivateKey signing = key.privateKey(this.password.passwords());
		try {
			return CertificateAuthority.open(signing, chain, clock);
		}
		catch (MtlsException ex) {
			throw ex.at("--ca=" + file.path());
		}
	}

	/**
	 * Where the password of an encrypted key comes from.
	 * @return the source
	 */
	Passwords passwords() {
		return this.password.passwords();
	}

	/**
	 * The file of the certificate.
	 * @param spec the command that needs it
	 * @return the file
	 * @throws ParameterException if none is named
	 */
	PemFile file(CommandSpec spec) {
		if (this.certificate == null) {
			throw new ParameterException(spec.commandLine(), "Missing required option: '--ca=FILE'");
		}
		return new PemFile("--ca", this.certificate);
	}

}
