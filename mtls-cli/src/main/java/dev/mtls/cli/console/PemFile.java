package dev.mtls.cli.console;

import java.nio.file.Path;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import java.util.List;

import org.jspecify.annotations.Nullable;

import dev.mtls.decision.MtlsException;
import dev.mtls.decision.Reason;
import dev.mtls.material.PemMaterial;
import dev.mtls.source.Document;
import dev.mtls.source.Source;

/**
 * A file that the command line names. Errors tell the option and the path.
 *
 * @param option the option or parameter
 * @param path the path
 */
public record PemFile(String option, Path path) {

	/**
	 * Read certificates.
	 * @return at least one certificate
	 * @throws MtlsException if there is none or the file cannot be read
	 */
	public List<X509Certificate> certificates() {
		try (Document document = document()) {
			return PemMaterial.certificates(document);
		}
	}

	/**
	 * Read a private key, which may be encrypted.
	 * @param password where its password comes from, asked for when it is needed
	 * @return the key
	 * @throws MtlsException if there is none, the file cannot be read, or the password
	 * does not open it
	 */
	public PrivateKey privateKey(Passwords password) {
		try (Document document = document()) {
			char[] given = password.isGiven() ? password.read("") : null;
			return (given != null) ? privateKey(document, given) : plainOrAsked(document, password);
		}
	}

	/**
	 * Read the bytes.
	 * @return the bytes
	 * @throws MtlsException if the file cannot be read
	 */
	public byte[] bytes() {
		try (Document document = document()) {
			return document.content().clone();
		}
	}

	/**
	 * The file of the same name with another ending.
	 * @param siblingOption the option that would name it
	 * @param ending the ending, such as {@code .key}
	 * @return the file
	 */
	public PemFile sibling(String siblingOption, String ending) {
		String name = String.valueOf(this.path.getFileName());
		int dot = name.lastIndexOf('.');
		String base = (dot > 0) ? name.substring(0, dot) : name;
		return new PemFile(siblingOption, this.path.resolveSibling(base + ending));
	}

	private PrivateKey plainOrAsked(Document document, Passwords password) {
		try {
			return PemMaterial.privateKey(document, null);
		}
		catch (MtlsException ex) {
			if (ex.reason() != Reason.PASSWORD_WRONG) {
				throw ex;
			}
			return privateKey(document, password.read("Password of %s".formatted(this.path)));
		}
	}

	private static PrivateKey privateKey(Document document, char[] password) {
		try {
			return PemMaterial.privateKey(document, password);
		}
		finally {
			Arrays.fill(password, '\0');
		}
	}

	private Document document() {
		return Source.of(this.option, "file:" + this.path).read().get(0);
	}

	/**
	 * The file that an option names, or another where it names none.
	 * @param option the option
	 * @param path the path, or {@code null} if the option is not given
	 * @param otherwise the other file
	 * @return the file
	 */
	public static PemFile of(String option, @Nullable Path path, PemFile otherwise) {
		return (path != null) ? new PemFile(option, path) : otherwise;
	}

}
