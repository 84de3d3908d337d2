package dev.mtls.cli.certificate;

import java.nio.file.Path;
import java.util.Arrays;

import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

import dev.mtls.authority.CertificateFiles;
import dev.mtls.authority.IssuedCertificate;
import dev.mtls.cli.console.Passwords;
import dev.mtls.decision.MtlsException;
import dev.mtls.decision.Reason;

/**
 * Whether key and chain go into a PKCS#12 store.
 */
final class Pkcs12Options {

	@Option(names = "--pkcs12", description = "Write a PKCS#12 store instead of PEM files.")
	private boolean enabled;

	@Option(names = "--pkcs12-password-file", paramLabel = "FILE",
			description = "File whose first line is the password of the store.")
	private @Nullable Path file;

	@Option(names = "--pkcs12-password-env", paramLabel = "NAME",
			description = "Environment variable that holds the password of the store. Without it and the file, you are asked.")
	private @Nullable String variable;

	/**
	 * Whether a store is wanted.
	 * @return whether it is
	 * @throws MtlsException if there is a password and no store
	 */
	boolean isWanted() {
		if (!this.enabled && (this.file != null || this.variable != null)) {
			throw new MtlsException(Reason.CONFIGURATION_CONFLICT, "--pkcs12-password-…",
					"There is a password for a store, but no store is wanted", "Add --pkcs12");
		}
		return this.enabled;
	}

	/**
	 * Learn the password.
	 * @param store the store
	 * @return the password
	 * @throws MtlsException if there is none
	 */
	char[] password(Path store) {
		Passwords passwords = new Passwords("--pkcs12-password", this.file, this.variable);
		return passwords.isGiven() ? passwords.read("") : passwords.choose("Password for %s".formatted(store));
	}

	/**
	 * Write the store.
	 * @param issued what goes into it
	 * @param password its password, which is overwritten
	 * @param store the store
	 * @param files writes it
	 */
	void write(IssuedCertificate issued, char[] password, Path store, CertificateFiles files) {
		byte[] bytes = issued.pkcs12(password);
		Arrays.fill(password, '\0');
		files.writePrivate(bytes, store);
	}

}
