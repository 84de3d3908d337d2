package dev.mtls.cli.certificate;

import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;

import picocli.CommandLine.Option;

import dev.mtls.authority.CertificateFiles;
import dev.mtls.decision.MtlsException;
import dev.mtls.decision.Reason;

/**
 * Where files go.
 */
final class TargetOptions {

	@Option(names = "--out", paramLabel = "DIR", defaultValue = ".",
			description = "Directory for the files; the working directory by default.")
	private Path directory = Path.of(".");

	@Option(names = "--force", description = "Replace files that exist.")
	private boolean force;

	/**
	 * What writes the files.
	 * @param targets the files
	 * @return the writer
	 * @throws MtlsException if one of them exists and may not be replaced, so that none
	 * is written
	 */
	CertificateFiles writer(Path... targets) {
		return writer(this.force, targets);
	}

	/**
	 * What writes files.
	 * @param force whether they may be replaced
	 * @param targets the files
	 * @return the writer
	 * @throws MtlsException if one of them exists and may not be replaced
	 */
	static CertificateFiles writer(boolean force, Path... targets) {
		if (force) {
			return CertificateFiles.replacing();
		}
		for (Path target : targets) {
			if (Files.exists(target, LinkOption.NOFOLLOW_LINKS)) {
				throw new MtlsException(Reason.TARGET_UNWRITABLE, target.toString(), "The file exists already",
						"Use --force to replace it, or --out for another directory");
			}
		}
		return CertificateFiles.creating();
	}

	/**
	 * A file in the directory.
	 * @param name its name
	 * @return the file
	 */
	Path file(String name) {
		return this.directory.resolve(name).normalize();
	}

}
