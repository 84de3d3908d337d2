package dev.mtls.gate;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;

import dev.mtls.decision.MtlsException;
import dev.mtls.decision.Reason;
import dev.mtls.source.Document;
import dev.mtls.source.Source;

/**
 * {@link Source} of the trust anchors of the Java platform, as PEM: those of the system
 * property {@code javax.net.ssl.trustStore} where it is set, else those of the JDK.
 */
final class SystemTrustSource implements Source {

	/** What stands for it among the locations of trust certificates. */
	static final String LOCATION = "system";

	private final String place;

	SystemTrustSource(String property) {
		this.place = property + "=" + LOCATION;
	}

	@Override
	public String place() {
		return this.place;
	}

	@Override
	public List<Document> read() {
		try {
			// Sorted, because the platform keeps them in no order
			Set<String> anchors = new TreeSet<>();
			for (X509Certificate anchor : anchors()) {
				anchors.add("-----BEGIN CERTIFICATE-----\n%s\n-----END CERTIFICATE-----\n"
					.formatted(Base64.getMimeEncoder().encodeToString(anchor.getEncoded())));
			}
			return anchors.isEmpty() ? List.of()
					: List.of(Document.of(this.place, String.join("", anchors).getBytes(StandardCharsets.US_ASCII)));
		}
		catch (GeneralSecurityException ex) {
			throw new MtlsException(Reason.SOURCE_UNREADABLE, this.place,
					"The trust store of the Java platform cannot be read",
					"Check the system properties javax.net.ssl.trustStore*, or lib/security/cacerts of the JDK", ex);
		}
	}

	@Override
	public String toString() {
		return this.place;
	}

	private static List<X509Certificate> anchors() throws GeneralSecurityException {
		TrustManagerFactory factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
		factory.init((KeyStore) null);
		return Arrays.stream(factory.getTrustManagers())
			.filter(X509TrustManager.class::isInstance)
			.flatMap((manager) -> Arrays.stream(((X509TrustManager) manager).getAcceptedIssuers()))
			.toList();
	}

}
