package dev.mtls.boot.dev;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.stream.Stream;

import dev.mtls.authority.CertificateAuthority;
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

	private DevDirectory(Path path) {
		this.path = path.toAbsolutePath().normalize();
	}

	static DevDirectory of(String text) {
		String place = "%s=%s".formatted(PROPERTY, text);
		if (text.isBlank()) {
			throw new MtlsException(Reason.CONFIGURATION_INVALID, place, "it is empty",
					"name a directory, such as .mtls");
		}
		if (text.contains("*") || text.contains("?")) {
			// Locations of trusted certificates would take them for a pattern
			throw new MtlsException(Reason.CONFIGURATION_INVALID, place, "the name holds * or ?",
					"choose another name");
		}
		try {
			return new DevDirectory(Path.of(text));
		}
		catch (InvalidPathException ex) {
			throw new MtlsException(Reason.CONFIGURATION_INVALID, place,
					"the name has a character that this system cannot use", "choose another name", ex);
		}
	}

	Path path() {
		return this.path;
	}

	void create() {
		try {
			Files.createDirectories(this.path);
			if (isEmpty()) {
				// Keys must not be committed by accident; other files are none of our
				// business
				Files.writeString(this.path.resolve(".gitignore"), "*\n");
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
					"there is only one of %s.crt and %s.key".formatted(name, name), "restore the other, " + fix());
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
			throw unusable(ex.place(), ex);
		}
	}

	CertificateAuthority openAuthority(InstantSource clock) {
		IssuedCertificate authority = read("ca");
		try {
			return CertificateAuthority.open(authority.privateKey(), authority.chain(), clock);
		}
		catch (MtlsException ex) {
			throw unusable("%s=%s".formatted(PROPERTY, certificate("ca")), ex);
		}
	}

	String location(String fileName) {
		return "file:" + this.path.resolve(fileName);
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

	private boolean isEmpty() throws IOException {
		try (Stream<Path> files = Files.list(this.path)) {
			return files.findAny().isEmpty();
		}
	}

	private MtlsException unusable(String place, MtlsException ex) {
		return new MtlsException(ex.reason(), place, ex.problem(), "restore it, " + fix(), ex);
	}

	private String fix() {
		return "or delete ca.*, server.*, client.* and admin.* in %s to have new ones made".formatted(this.path);
	}

	private String place() {
		return "%s=%s".formatted(PROPERTY, this.path);
	}

}
