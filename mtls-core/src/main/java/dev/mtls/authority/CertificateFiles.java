package dev.mtls.authority;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.Set;

import org.jspecify.annotations.Nullable;

import dev.mtls.decision.MtlsException;
import dev.mtls.decision.Reason;

/**
 * Writes certificates and private keys to files. Others can never read a private key, not
 * even for a moment: its file is created with the permissions {@code rw-------}. On a
 * file system without such permissions the directory has to protect it. Directories that
 * do not exist are created.
 */
public final class CertificateFiles {

	private static final String OWNER_ONLY = "rw-------";

	private static final String READABLE = "rw-r--r--";

	private final boolean replacing;

	private CertificateFiles(boolean replacing) {
		this.replacing = replacing;
	}

	/**
	 * Write files that do not exist yet, and fail for those that do.
	 * @return the writer
	 */
	public static CertificateFiles creating() {
		return new CertificateFiles(false);
	}

	/**
	 * Write files in place of those that exist. Whoever reads meanwhile sees all of the
	 * old file or all of the new one.
	 * @return the writer
	 */
	public static CertificateFiles replacing() {
		return new CertificateFiles(true);
	}

	/**
	 * Write a certificate and its key. Neither is written if one exists and may not be
	 * replaced.
	 * @param issued the certificate
	 * @param certificateFile where its chain goes, as PEM
	 * @param privateKeyFile where its key goes, as PEM
	 * @throws MtlsException with {@link Reason#TARGET_UNWRITABLE} if a file exists and
	 * may not be replaced, or cannot be written
	 */
	public void write(IssuedCertificate issued, Path certificateFile, Path privateKeyFile) {
		requireReplaceable(certificateFile);
		requireReplaceable(privateKeyFile);
		byte[] privateKey = issued.privateKeyPem().getBytes(StandardCharsets.US_ASCII);
		try {
			writePrivate(privateKey, privateKeyFile);
		}
		finally {
			Arrays.fill(privateKey, (byte) 0);
		}
		writeCertificates(issued.chainPem(), certificateFile);
	}

	/**
	 * Write what everybody may read, with the permissions {@code rw-r--r--} or those that
	 * the process leaves of them.
	 * @param pem certificates
	 * @param file where they go
	 * @throws MtlsException with {@link Reason#TARGET_UNWRITABLE} if the file exists and
	 * may not be replaced, or cannot be written
	 */
	public void writeCertificates(String pem, Path file) {
		write(pem.getBytes(StandardCharsets.US_ASCII), file, READABLE);
	}

	/**
	 * Write what only the owner may read, with the permissions {@code rw-------}.
	 * @param bytes a private key, or a store that holds one
	 * @param file where they go
	 * @throws MtlsException with {@link Reason#TARGET_UNWRITABLE} if the file exists and
	 * may not be replaced, or cannot be written
	 */
	public void writePrivate(byte[] bytes, Path file) {
		write(bytes, file, OWNER_ONLY);
	}

	private void requireReplaceable(Path file) {
		if (!this.replacing && Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
			throw exists(file, null);
		}
	}

	private void write(byte[] bytes, Path file, String permissions) {
		Path directory = directoryOf(file);
		FileAttribute<?>[] attributes = attributes(file, permissions);
		try {
			if (this.replacing) {
				replace(bytes, file, Files.createTempFile(directory, file.getFileName() + ".", ".tmp", attributes));
			}
			else {
				create(bytes, file, attributes);
			}
		}
		catch (FileAlreadyExistsException ex) {
			throw exists(file, ex);
		}
		catch (IOException ex) {
			throw unwritable(file, ex);
		}
	}

	private static void create(byte[] bytes, Path file, FileAttribute<?>[] attributes) throws IOException {
		try (FileChannel channel = FileChannel.open(file,
				Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE), attributes)) {
			write(bytes, channel);
		}
	}

	private static void replace(byte[] bytes, Path file, Path temporary) throws IOException {
		try {
			try (FileChannel channel = FileChannel.open(temporary, StandardOpenOption.WRITE)) {
				write(bytes, channel);
			}
			Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE);
		}
		finally {
			Files.deleteIfExists(temporary);
		}
	}

	private static void write(byte[] bytes, FileChannel channel) throws IOException {
		ByteBuffer buffer = ByteBuffer.wrap(bytes);
		while (buffer.hasRemaining()) {
			channel.write(buffer);
		}
		channel.force(true);
	}

	private static Path directoryOf(Path file) {
		Path directory = file.toAbsolutePath().getParent();
		if (directory == null) {
			throw new MtlsException(Reason.TARGET_UNWRITABLE, file.toString(), "This is no file", "Name a file");
		}
		try {
			return Files.createDirectories(directory);
		}
		catch (IOException ex) {
			throw unwritable(directory, ex);
		}
	}

	private static FileAttribute<?>[] attributes(Path file, String permissions) {
		if (!file.getFileSystem().supportedFileAttributeViews().contains("posix")) {
			return new FileAttribute<?>[0];
		}
		return new FileAttribute<?>[] {
				PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(permissions)) };
	}

	private static MtlsException exists(Path file, @Nullable IOException cause) {
		return new MtlsException(Reason.TARGET_UNWRITABLE, file.toString(), "The file exists already",
				"Remove it, choose another place, or allow that it is replaced", cause);
	}

	private static MtlsException unwritable(Path path, IOException ex) {
		String problem = (ex instanceof AccessDeniedException) ? "Permission denied"
				: "It cannot be written (%s)".formatted(ex);
		return new MtlsException(Reason.TARGET_UNWRITABLE, path.toString(), problem,
				"Choose a place where this process may write", ex);
	}

}
