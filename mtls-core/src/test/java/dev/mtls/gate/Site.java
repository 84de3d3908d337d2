package dev.mtls.gate;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

import dev.mtls.authority.CertificateAuthority;
import dev.mtls.authority.CertificateFiles;
import dev.mtls.authority.CertificateRequest;
import dev.mtls.authority.IssuedCertificate;
import dev.mtls.authority.PemText;
import dev.mtls.event.MtlsEvent;
import dev.mtls.tls.TlsProfile;

/**
 * A folder with the files of a gate, the clock that it goes by and the events that it
 * tells.
 */
final class Site {

	static final CertificateAuthority ROOT = root("Root");

	static final CertificateAuthority OTHER_ROOT = root("Other Root");

	final MutableClock clock = new MutableClock();

	final List<MtlsEvent> events = new CopyOnWriteArrayList<>();

	private final Path folder;

	/**
	 * Create a site with a key of a server and the root as its trust.
	 * @param folder an empty folder
	 */
	Site(Path folder) {
		this.folder = folder;
		writeKey(ROOT.issue(server().build()));
		writeTrust(ROOT.certificate());
	}

	static CertificateAuthority root(String commonName) {
		return CertificateAuthority.create(CertificateRequest.authority("CN=" + commonName).build(),
				new MutableClock());
	}

	static CertificateRequest.Builder server() {
		return CertificateRequest.server("localhost");
	}

	static CertificateRequest.Builder client() {
		return CertificateRequest.client("alice").dns("alice.example.com").validity(Duration.ofDays(30));
	}

	static List<X509Certificate> chain(CertificateAuthority authority, CertificateRequest.Builder request) {
		return authority.issue(request.build()).chain();
	}

	Path folder() {
		return this.folder;
	}

	Path certificate() {
		return this.folder.resolve("tls.crt");
	}

	Path privateKey() {
		return this.folder.resolve("tls.key");
	}

	Path trust() {
		return this.folder.resolve("ca.crt");
	}

	void writeKey(IssuedCertificate issued) {
		CertificateFiles.replacing().write(issued, certificate(), privateKey());
	}

	void writeTrust(X509Certificate... anchors) {
		CertificateFiles.replacing().writeCertificates(PemText.of(anchors), trust());
	}

	static void write(Path file, String content) {
		try {
			Files.writeString(file, content);
		}
		catch (IOException ex) {
			throw new IllegalStateException(ex);
		}
	}

	SnapshotLocationsBuilder locations() {
		return SnapshotLocations.builder("mtls.server")
			.pem("file:" + certificate(), "file:" + privateKey(), null)
			.trustCertificates(List.of("file:" + trust()));
	}

	Gate open() {
		return open(locations());
	}

	Gate open(SnapshotLocationsBuilder locations) {
		return open(GateSettings.server(true, TlsProfile.defaults()), locations.build());
	}

	Gate open(GateSettings settings, SnapshotSource source) {
		return Gate.open(settings, source, this.clock, this.events::add);
	}

	/**
	 * The events since the last call.
	 * @return the events
	 */
	List<MtlsEvent> takeEvents() {
		List<MtlsEvent> taken = List.copyOf(this.events);
		this.events.clear();
		return taken;
	}

}
