package dev.mtls.boot.dev;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

import dev.mtls.authority.CertificateFiles;
import dev.mtls.authority.IssuedCertificate;
import dev.mtls.decision.MtlsException;
import dev.mtls.decision.Reason;
import dev.mtls.material.KeyMaterial;
import dev.mtls.material.PemMaterial;
import dev.mtls.source.Contents;
import dev.mtls.source.Source;

/**
 * The directory of the development certificates: {@code name.crt} and {@code name.key}.
 */
final class DevDirectory {

	private static final String PROPERTY = "mtls.dev.directory";

	private final Path path;

	DevDirectory(Path path) {
		this.path = path.toAbsolutePath().normalize();
	}

	Path path() {
		return this.path;
	}

	void create() {
		try {
			Files.createDirectories(this.path);
			Path ignore = this.path.resolve(".gitignore");
			if (!Files.exists(ignore)) {
				// Keys must not be committed by accident
				Files.writeString(ignore, "*\n");
			}
		}
		catch (IOException ex) {
			throw new MtlsException(Reason.TARGET_UNWRITABLE, place(), "the directory cannot be created: " + ex,
					"make its parent writable, or set %s to another directory".formatted(PROPERTY), ex);
		}
	}

	boolean holds(String name) {
		boolean certificate = Files.exists(certificate(name));
		boolean privateKey = Files.exists(privateKey(name));
		if (certificate != privateKey) {
			throw new MtlsException(Reason.MATERIAL_INVALID, place(),
					"there is only one of %s.crt and %s.key".formatted(name, name),
					"delete the directory to have new certificates made");
		}
		return certificate;
	}

	IssuedCertificate read(String name) {
		Source certificate = Source.of(PROPERTY, certificate(name).toString());
		Source privateKey = Source.of(PROPERTY, privateKey(name).toString());
		try (Contents contents = Contents.read(List.of(certificate, privateKey))) {
			KeyMaterial material = PemMaterial.keyMaterial(contents.of(certificate).get(0),
					contents.of(privateKey).get(0), null);
			return new IssuedCertificate(material.privateKey(), material.chain());
		}
		catch (MtlsException ex) {
			throw new MtlsException(ex.reason(), ex.place(), ex.problem(),
					"delete %s to have new certificates made".formatted(this.path), ex);
		}
	}

	void write(IssuedCertificate issued, String name) {
		CertificateFiles.replacing().write(issued, certificate(name), privateKey(name));
	}

	private Path certificate(String name) {
		return this.path.resolve(name + ".crt");
	}

	private Path privateKey(String name) {
		return this.path.resolve(name + ".key");
	}

	private String place() {
		return "%s=%s".formatted(PROPERTY, this.path);
	}

}
