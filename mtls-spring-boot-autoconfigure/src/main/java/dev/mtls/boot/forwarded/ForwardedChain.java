package dev.mtls.boot.forwarded;

import java.security.cert.X509Certificate;
import java.util.List;

import org.jspecify.annotations.Nullable;

import dev.mtls.decision.Reason;
import dev.mtls.decision.Verdict;

/**
 * Reads the certificates of a client from the header fields with which a proxy forwards
 * them. Nothing of them is verified here, nor whether it is a proxy that says so. What is
 * malformed or exceeds a bound is a denial, and never taken for absent.
 */
public final class ForwardedChain {

	private final ChainReader reader;

	private ForwardedChain(ChainReader reader) {
		this.reader = reader;
	}

	/**
	 * Read a format.
	 * @param format the format
	 * @param header the name of the field, or {@code null} for the usual one; has no
	 * effect where it is {@linkplain ForwardedFormat#defaultHeader() fixed}
	 * @return the reader
	 */
	public static ForwardedChain of(ForwardedFormat format, @Nullable String header) {
		String name = (header != null) ? header : format.defaultHeader();
		return new ForwardedChain(format.reader((name != null) ? name : ""));
	}

	/**
	 * Read the certificates.
	 * @param fields the fields of the request
	 * @return the certificates, the client's own first, or the denial:
	 * {@link Reason#CERTIFICATE_MISSING} if none is forwarded,
	 * {@link Reason#CERTIFICATE_MALFORMED} if a field is malformed or exceeds a bound
	 */
	public Verdict<List<X509Certificate>> read(RequestFields fields) {
		try {
			DerCertificates certificates = this.reader.read(fields);
			return certificates.isEmpty()
					? Verdict.refused(Reason.CERTIFICATE_MISSING, "the proxy forwarded no certificate")
					: Verdict.accepted(certificates.toList());
		}
		catch (MalformedFieldException ex) {
			return Verdict.refused(Reason.CERTIFICATE_MALFORMED,
					"the proxy forwarded a certificate that cannot be read: " + ex.problem());
		}
	}

}
