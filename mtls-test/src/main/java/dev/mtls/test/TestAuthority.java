package dev.mtls.test;

import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;

import javax.net.ssl.SSLContext;

import org.bouncycastle.util.IPAddress;

import dev.mtls.authority.CertificateAuthority;
import dev.mtls.authority.CertificateFiles;
import dev.mtls.authority.CertificateRequest;
import dev.mtls.authority.ExtendedKeyUsage;
import dev.mtls.authority.PemText;
import dev.mtls.authority.RevocationListRequest;

/**
 * A certificate authority in memory, which issues right and wrong certificates by name.
 */
public final class TestAuthority {

	private final CertificateAuthority authority;

	private final InstantSource clock;

	private final AtomicLong crlNumber = new AtomicLong();

	private final Set<X509Certificate> revoked = new LinkedHashSet<>();

	private final List<OcspResponder> responders = new ArrayList<>();

	private final List<PublishedCrl> crls = new ArrayList<>();

	private TestAuthority(CertificateAuthority authority, InstantSource clock) {
		this.authority = authority;
		this.clock = clock;
	}

	/**
	 * Create a root named {@code CN=Test CA}.
	 * @return the authority
	 */
	public static TestAuthority create() {
		return create(InstantSource.system());
	}

	/**
	 * Create a root named {@code CN=Test CA} that lives in a time of its own.
	 * @param clock the time from which validity counts
	 * @return the authority
	 */
	public static TestAuthority create(InstantSource clock) {
		return create(CertificateRequest.authority("CN=Test CA").build(), clock);
	}

	/**
	 * Create any root.
	 * @param root what its certificate says
	 * @param clock the time from which validity counts
	 * @return the authority
	 */
	public static TestAuthority create(CertificateRequest root, InstantSource clock) {
		return new TestAuthority(CertificateAuthority.create(root, clock), clock);
	}

	/**
	 * Create an intermediate named {@code CN=Test Intermediate CA}. What it issues comes
	 * with the intermediate's certificate and is trusted through the root's.
	 * @return the intermediate
	 */
	public TestAuthority intermediate() {
		return new TestAuthority(this.authority.intermediate("CN=Test Intermediate CA"), this.clock);
	}

	/**
	 * Create any intermediate.
	 * @param intermediate what its certificate says
	 * @return the intermediate
	 */
	public TestAuthority intermediate(CertificateRequest intermediate) {
		return new TestAuthority(this.authority.intermediate(intermediate), this.clock);
	}

	/**
	 * Issue the certificate of a server on this machine.
	 * @return a certificate for {@code localhost}, {@code 127.0.0.1} and {@code ::1}
	 */
	public TestCertificate server() {
		return issue(serverRequest().build());
	}

	/**
	 * Issue the certificate of a server on this machine with changes.
	 * @param changes what to change or to add
	 * @return the certificate
	 */
	public TestCertificate server(Consumer<CertificateRequest.Builder> changes) {
		CertificateRequest.Builder request = serverRequest();
		changes.accept(request);
		return issue(request.build());
	}

	/**
	 * Issue the certificate of a server on this machine with a flaw.
	 * @param flaw what is wrong with it
	 * @return a certificate like that of {@link #server()} but for the flaw
	 */
	public TestCertificate server(Flaw flaw) {
		CertificateRequest.Builder request = (flaw != Flaw.WRONG_NAME) ? serverRequest()
				: CertificateRequest.server(FlawedCertificate.WRONG_NAME);
		return new FlawedCertificate(this.authority, this.clock.instant()).issue(flaw, request,
				ExtendedKeyUsage.CLIENT_AUTH);
	}

	/**
	 * Issue the certificate of a client.
	 * @param names its subject alternative names: URIs such as {@code spiffe://td/a},
	 * e-mail addresses, IP addresses, and everything else as DNS names; {@code client} if
	 * there is none. The first one is the common name too, unless it is a URI
	 * @return the certificate
	 */
	public TestCertificate client(String... names) {
		return issue(clientRequest(names).build());
	}

	/**
	 * Issue the certificate of a client, beginning with one that has the common name
	 * {@code client} and no subject alternative name.
	 * @param changes what to change or to add
	 * @return the certificate
	 */
	public TestCertificate client(Consumer<CertificateRequest.Builder> changes) {
		CertificateRequest.Builder request = CertificateRequest.client("client");
		changes.accept(request);
		return issue(request.build());
	}

	/**
	 * Issue the certificate of a client with a flaw.
	 * @param flaw what is wrong with it
	 * @param names its names, as {@link #client(String...)} takes them
	 * @return a certificate like that of {@link #client(String...)} but for the flaw
	 */
	public TestCertificate client(Flaw flaw, String... names) {
		CertificateRequest.Builder request = (flaw != Flaw.WRONG_NAME) ? clientRequest(names)
				: clientRequest(FlawedCertificate.WRONG_NAME);
		return new FlawedCertificate(this.authority, this.clock.instant()).issue(flaw, request,
				ExtendedKeyUsage.SERVER_AUTH);
	}

	/**
	 * Issue any certificate.
	 * @param request what it says
	 * @return the certificate
	 */
	public TestCertificate issue(CertificateRequest request) {
		return TestCertificate.of(this.authority.issue(request));
	}

	/**
	 * Revoke certificates that this authority issued: each of its published CRLs and OCSP
	 * responders says so when this returns.
	 * @param certificates the certificates
	 */
	public synchronized void revoke(TestCertificate... certificates) {
		for (TestCertificate certificate : certificates) {
			this.revoked.add(certificate.certificate());
			this.responders.forEach((responder) -> responder.revoke(certificate.certificate()));
		}
		this.crls.forEach((published) -> published.publish(crl()));
	}

	/**
	 * Start an OCSP responder of this authority on loopback, which knows what is
	 * {@linkplain #revoke revoked}. The URI that a certificate names is set with
	 * {@link CertificateRequest.Builder#ocspResponder}.
	 * @return the responder, which the caller closes
	 */
	public synchronized OcspResponder ocspResponder() {
		OcspResponder responder = new OcspResponder(this.authority, this.clock);
		this.revoked.forEach(responder::revoke);
		this.responders.add(responder);
		return responder;
	}

	/**
	 * Publish the CRL of this authority on loopback and as a file. It is signed anew each
	 * time that something is {@linkplain #revoke revoked}. The URI that a certificate
	 * names is set with {@link CertificateRequest.Builder#crlDistributionPoint}.
	 * @param file where to, in place of what is there
	 * @return the CRL, whose server the caller closes
	 */
	public synchronized PublishedCrl publishCrl(Path file) {
		PublishedCrl published = new PublishedCrl(file, crl());
		this.crls.add(published);
		return published;
	}

	/**
	 * Sign a CRL as of now and for one day, with a higher number than the one before.
	 * @param others certificates that it says are revoked, beside those that
	 * {@linkplain #revoke are}
	 * @return the CRL as DER
	 */
	public synchronized byte[] crl(X509Certificate... others) {
		return crl(RevocationListRequest.of(this.crlNumber.incrementAndGet())
			.revoke(this.revoked.toArray(X509Certificate[]::new))
			.revoke(others));
	}

	/**
	 * Sign any CRL.
	 * @param request what it says
	 * @return the CRL as DER
	 */
	public byte[] crl(RevocationListRequest request) {
		return this.authority.revocationList(request);
	}

	/**
	 * The authority behind this one, for what this one does not offer.
	 * @return the authority
	 */
	public CertificateAuthority authority() {
		return this.authority;
	}

	/**
	 * This authority's certificate.
	 * @return the certificate
	 */
	public X509Certificate certificate() {
		return this.authority.certificate();
	}

	/**
	 * The root's certificate, which peers trust.
	 * @return the certificate
	 */
	public X509Certificate anchor() {
		return this.authority.anchor();
	}

	/**
	 * The root's certificate as PEM.
	 * @return a {@code CERTIFICATE} block
	 */
	public String anchorPem() {
		return PemText.of(anchor());
	}

	/**
	 * Write the root's certificate as PEM, in place of what is there.
	 * @param directory where to, created if it does not exist
	 * @param name the name of the file without its extension
	 * @return the file, {@code <name>.crt}
	 */
	public Path writeTo(Path directory, String name) {
		Path file = directory.resolve(name + ".crt");
		CertificateFiles.replacing().writeCertificates(anchorPem(), file);
		return file;
	}

	/**
	 * A context for a client without a certificate, which trusts this authority's root.
	 * @return a context of the JDK
	 */
	public SSLContext sslContext() {
		return SslContexts.trusting(anchor(), null);
	}

	private static CertificateRequest.Builder serverRequest() {
		return CertificateRequest.server("localhost").ip("127.0.0.1", "::1");
	}

	private static CertificateRequest.Builder clientRequest(String... names) {
		if (names.length == 0) {
			return clientRequest("client");
		}
		CertificateRequest.Builder request = CertificateRequest.client(isUri(names[0]) ? "client" : names[0]);
		for (String name : names) {
			if (isUri(name)) {
				request.uri(name);
			}
			else if (name.contains("@")) {
				request.email(name);
			}
			else if (IPAddress.isValid(name)) {
				request.ip(name);
			}
			else {
				request.dns(name);
			}
		}
		return request;
	}

	private static boolean isUri(String name) {
		return name.contains("://");
	}

}
