package dev.mtls.boot.test;

import java.util.EnumMap;
import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;

import dev.mtls.test.Flaw;
import dev.mtls.test.TestAuthority;
import dev.mtls.test.TestCertificate;
import dev.mtls.test.TestFiles;

/**
 * The certificates of those who call the application in a test. Each is issued once.
 */
public final class TestPeers {

	private final Map<TestPeer, TestCertificate> certificates = new EnumMap<>(TestPeer.class);

	private final TestAuthority authority;

	private final List<String> names;

	TestPeers(TestFiles files, List<String> names) {
		this.authority = files.authority();
		this.names = names;
		this.certificates.put(TestPeer.TRUSTED, files.clientCertificate());
		// Before the application reads the CRL
		TestCertificate revoked = this.authority.client(names());
		this.authority.revoke(revoked);
		this.certificates.put(TestPeer.REVOKED, revoked);
	}

	/**
	 * The certificate of a peer.
	 * @param peer the peer
	 * @return the certificate, the same each time, or {@code null} if the peer has none
	 */
	public synchronized @Nullable TestCertificate certificate(TestPeer peer) {
		Flaw flaw = peer.flaw();
		return (flaw != null) ? this.certificates.computeIfAbsent(peer, (key) -> this.authority.client(flaw, names()))
				: this.certificates.get(peer);
	}

	private String[] names() {
		return this.names.toArray(String[]::new);
	}

}
