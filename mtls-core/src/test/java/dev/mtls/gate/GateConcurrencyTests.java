package dev.mtls.gate;

import java.nio.file.Path;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import dev.mtls.authority.IssuedCertificate;
import dev.mtls.decision.Decision;
import dev.mtls.decision.Verdict;
import dev.mtls.material.KeyMaterial;
import dev.mtls.tls.EngineHandshake;
import dev.mtls.tls.SslContexts;
import dev.mtls.tls.TlsProfile;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for a {@link Gate} that several threads use while it is reloaded.
 */
@Timeout(60)
class GateConcurrencyTests {

	private static final int THREADS = 4;

	private static final int RELOADS = 40;

	@TempDir
	private Path folder;

	private Site site;

	private Gate gate;

	private final List<X509Certificate> alice = Site.chain(Site.ROOT, Site.client());

	private final ExecutorService executor = Executors.newFixedThreadPool(THREADS);

	private final CountDownLatch busy = new CountDownLatch(THREADS);

	private volatile boolean reloading = true;

	@BeforeEach
	void openGate() {
		this.site = new Site(this.folder);
		this.gate = Gate.open(GateSettings.server(true, TlsProfile.defaults()), this.site.locations().build(),
				this.site.clock, (event) -> {
				});
	}

	@AfterEach
	void shutDown() {
		this.executor.shutdownNow();
	}

	@Test
	void admitPeerWhileReloadingAdmitsWithGenerationThatNeverFalls() throws Exception {
		List<Future<Long>> peers = submit(() -> {
			long generation = 0;
			long admissions = 0;
			while (this.reloading) {
				Verdict<Admission> verdict = this.gate.admitPeer(this.alice, null);
				assertThat(verdict).isInstanceOf(Verdict.Accepted.class);
				Admission admission = ((Verdict.Accepted<Admission>) verdict).value();
				assertThat(admission.generation()).isBetween(generation, this.gate.generation());
				generation = admission.generation();
				if (admissions++ == 0) {
					this.busy.countDown();
				}
			}
			return admissions;
		});
		reloadOften();
		for (Future<Long> peer : peers) {
			assertThat(peer.get()).isPositive();
		}
		assertThat(this.gate.generation()).isEqualTo(1 + RELOADS);
	}

	@Test
	void handshakeWhileReloadingSucceedsAndPeerIsAdmitted() throws Exception {
		IssuedCertificate issued = Site.ROOT.issue(Site.client().build());
		KeyMaterial client = KeyMaterial.of("test", issued.privateKey(), issued.chain());
		List<Future<Long>> peers = submit(() -> {
			long handshakes = 0;
			while (this.reloading) {
				SSLContext context = SslContexts.create(client, (presented) -> new Decision.Allow("test"), List.of());
				SSLEngine server = this.gate.sslContext().createSSLEngine();
				server.setNeedClientAuth(true);
				EngineHandshake handshake = EngineHandshake.of(context.createSSLEngine("localhost", 8443), server);
				assertThat(handshake.serverFailure()).isNull();
				assertThat(handshake.clientFailure()).isNull();
				Certificate[] chain = handshake.serverSession().getPeerCertificates();
				assertThat(this.gate.admitPeer(Arrays.stream(chain).map(X509Certificate.class::cast).toList(), null))
					.isInstanceOf(Verdict.Accepted.class);
				if (handshakes++ == 0) {
					this.busy.countDown();
				}
			}
			return handshakes;
		});
		reloadOften();
		for (Future<Long> peer : peers) {
			assertThat(peer.get()).isPositive();
		}
	}

	@Test
	void reloadWhenSeveralThreadsLookTakesChangeOnce() throws Exception {
		for (int i = 1; i <= 10; i++) {
			this.site.writeKey(Site.ROOT.issue(Site.server().build()));
			CountDownLatch start = new CountDownLatch(THREADS);
			List<Future<Boolean>> looks = submit(() -> {
				start.countDown();
				start.await(10, TimeUnit.SECONDS);
				return this.gate.reload();
			});
			int taken = 0;
			for (Future<Boolean> look : looks) {
				taken += look.get() ? 1 : 0;
			}
			assertThat(taken).isOne();
			assertThat(this.gate.generation()).isEqualTo(1 + i);
		}
	}

	private void reloadOften() throws InterruptedException {
		try {
			assertThat(this.busy.await(30, TimeUnit.SECONDS)).isTrue();
			for (int i = 0; i < RELOADS; i++) {
				if (i % 2 == 0) {
					this.site.writeKey(Site.ROOT.issue(Site.server().build()));
				}
				else {
					this.site.writeTrust(Site.ROOT.certificate(), Site.root("Root " + i).certificate());
				}
				assertThat(this.gate.reload()).isTrue();
			}
		}
		finally {
			this.reloading = false;
		}
	}

	private <T> List<Future<T>> submit(Callable<T> task) {
		List<Future<T>> futures = new ArrayList<>();
		for (int i = 0; i < THREADS; i++) {
			futures.add(this.executor.submit(task));
		}
		return futures;
	}

}
