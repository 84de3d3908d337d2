package dev.mtls.test;

import java.nio.file.Path;

/**
 * The files of a certificate.
 *
 * @param certificate the file with the certificate and its chain
 * @param privateKey the file with the private key
 */
public record PemFiles(Path certificate, Path privateKey) {

}
