package dev.mtls.material;

import java.io.ByteArrayInputStream;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;

import dev.mtls.decision.MtlsException;
import dev.mtls.decision.Reason;
import dev.mtls.source.Document;

/**
 * Reads the certificates of a document: those of its PEM blocks, or the one that it is
 * itself in DER.
 */
final class CertificateReader {

	private final Document document;

	CertificateReader(Document document) {
		this.document = document;
	}

	List<X509Certificate> read() {
		byte[] content = this.document.content();
		if (content.length == 0) {
			throw invalid("It is empty", "Write the certificate into it");
		}
		List<PemBlock> blocks = PemBlock.readAll(this.document);
		try {
			if (!blocks.isEmpty()) {
				return certificatesOf(blocks);
			}
		}
		finally {
			blocks.forEach(PemBlock::close);
		}
		// X.690: a certificate is a SEQUENCE
		if (content[0] != 0x30) {
			throw invalid("It holds no certificate", "Give a PEM file with -----BEGIN CERTIFICATE-----");
		}
		return List.of(parse(content, "It is no DER certificate"));
	}

	private List<X509Certificate> certificatesOf(List<PemBlock> blocks) {
		List<X509Certificate> certificates = new ArrayList<>();
		for (PemBlock block : blocks) {
			if (block.isCertificate()) {
				certificates
					.add(parse(block.content(), "Certificate %d cannot be parsed".formatted(certificates.size() + 1)));
			}
		}
		if (certificates.isEmpty()) {
			PemBlock other = blocks.get(0);
			throw invalid("It holds no certificate, but a block named " + other.label(),
					other.isPrivateKey() ? "Give the file of the certificate; this one is that of a private key"
							: "Give -----BEGIN CERTIFICATE----- blocks");
		}
		return certificates;
	}

	private X509Certificate parse(byte[] der, String problem) {
		try {
			ByteArrayInputStream in = new ByteArrayInputStream(der);
			X509Certificate certificate = (X509Certificate) CertificateFactory.getInstance("X.509")
				.generateCertificate(in);
			if (in.available() == 0) {
				return certificate;
			}
			throw invalid(problem + ": bytes follow it", "Export the certificate again");
		}
		catch (CertificateException ex) {
			throw new MtlsException(Reason.MATERIAL_INVALID, this.document.place(), problem,
					"Export the certificate again; openssl x509 -noout -text shows whether it is whole", ex);
		}
	}

	private MtlsException invalid(String problem, String fix) {
		return new MtlsException(Reason.MATERIAL_INVALID, this.document.place(), problem, fix);
	}

}
