package dev.mtls.boot.test;

import java.net.InetAddress;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;

import org.jspecify.annotations.Nullable;
import org.springframework.context.ApplicationContext;

import dev.mtls.decision.MtlsException;
import dev.mtls.decision.Verdict;
import dev.mtls.gate.Admission;
import dev.mtls.gate.Gate;
import dev.mtls.test.TestCertificate;

/**
 * The certificate with which a request comes that no connection carries. The gate of the
 * application decides about it as it would about that of a connection.
 */
final class PresentedCertificate {

	private static final String SERVER = "server";

	private final Function<ApplicationContext, List<X509Certificate>> chain;

	private PresentedCertificate(Function<ApplicationContext, List<X509Certificate>> chain) {
		this.chain = chain;
	}

	static PresentedCertificate of(TestCertificate certificate) {
		return of(certificate.chain());
	}

	static PresentedCertificate of(List<X509Certificate> chain) {
		List<X509Certificate> copy = List.copyOf(chain);
		return new PresentedCertificate((context) -> copy);
	}

	static PresentedCertificate of(TestPeer peer) {
		return new PresentedCertificate((context) -> {
			TestCertificate certificate = context.getBean(TestPeers.class).certificate(peer);
			return (certificate != null) ? certificate.chain() : List.of();
		});
	}

	/**
	 * Have the gate ask what it needs to know about revocation, and admit the peer.
	 * @param context the context of the application
	 * @param address the address of the peer
	 * @return the chain, or a failure with {@link MtlsException} if the peer is refused
	 */
	CompletableFuture<List<X509Certificate>> admit(ApplicationContext context, @Nullable InetAddress address) {
		List<X509Certificate> presented = this.chain.apply(context);
		Gate gate = gateOf(context);
		return gate.askRevocation(presented).thenApply((answered) -> {
			if (gate.admitPeer(presented, address) instanceof Verdict.Refused<Admission> refused) {
				throw MtlsException.refused(nameOf(presented), refused.denial());
			}
			return presented;
		});
	}

	private static Gate gateOf(ApplicationContext context) {
		return context.getBeanProvider(Gate.class)
			.stream()
			.filter((gate) -> gate.settings().name().equals(SERVER))
			.findFirst()
			.orElseThrow(() -> new IllegalStateException(
					"The application has no mtls.server, which could admit a certificate: use @MtlsTest, or configure it"));
	}

	private static String nameOf(List<X509Certificate> chain) {
		return chain.isEmpty() ? "a client without certificate" : chain.get(0).getSubjectX500Principal().getName();
	}

}
