package dev.mtls.benchmarks;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.security.cert.CertificateEncodingException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;

import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;

import dev.mtls.benchmarks.SteadyRequests.Phase;
import dev.mtls.gate.Gate;

/**
 * What the requests of a peer see while a CRL of 1,000,000 entries is read, verified and
 * swapped for the one before: the times of requests to one server meanwhile and between.
 */
public final class CrlSwapComparison {

	private static final int ENTRIES = Sizes.positive("entries", 1_000_000);

	private static final int WARM_UPS = Sizes.notNegative("warmUps", 3);

	private static final int SWAPS = Sizes.positive("swaps", 10);

	private static final int PAUSE_MILLIS = Sizes.notNegative("pauseMillis", 500);

	private final Medians swaps = new Medians();

	private final Gate gate;

	private final Path file;

	private CrlSwapComparison(Gate gate, Path file) {
		this.gate = gate;
		this.file = file;
	}

	/**
	 * Run the comparison.
	 * @param args none
	 */
	public static void main(String[] args) throws Exception {
		List<LargeCrl> crls = LargeCrl.series(1 + WARM_UPS + SWAPS, ENTRIES, 16);
		try (TestBed testBed = new TestBed()) {
			Path directory = testBed.directory();
			Files.writeString(directory.resolve("ca.crt"), pem(crls.get(0)), StandardOpenOption.APPEND);
			Files.write(directory.resolve("peers.crl"), testBed.authority().crl());
			Path large = Files.write(directory.resolve("large.crl"), crls.get(0).der());
			List<String> properties = new ArrayList<>(testBed.properties(Variant.STARTER));
			properties.addAll(List.of("mtls.server.revocation.crls=" + directory.resolve("*.crl"),
					"mtls.reload.interval=1h", "server.port=0", "server.tomcat.max-keep-alive-requests=-1",
					"logging.level.root=error", "spring.main.banner-mode=off"));
			try (ConfigurableApplicationContext server = new SpringApplicationBuilder(ComparedApplication.class)
				.run(properties.stream().map((property) -> "--" + property).toArray(String[]::new))) {
				int port = server.getEnvironment().getRequiredProperty("local.server.port", Integer.class);
				CrlSwapComparison comparison = new CrlSwapComparison(server.getBean(Gate.class), large);
				try (KeepAliveClient client = new KeepAliveClient(testBed.client(), port)) {
					comparison.run(client, crls.subList(1, crls.size()));
				}
			}
		}
	}

	private void run(KeepAliveClient client, List<LargeCrl> crls) throws Exception {
		try (SteadyRequests requests = new SteadyRequests(client)) {
			for (int i = 0; i < crls.size(); i++) {
				swap(requests, crls.get(i), i >= WARM_UPS);
			}
			System.out.printf("A CRL of %d entries read, verified and swapped: %s ms%n", ENTRIES, this.swaps);
			requests.print("the swaps");
		}
	}

	private void swap(SteadyRequests requests, LargeCrl crl, boolean counts) throws IOException, InterruptedException {
		Path next = Files.write(this.file.resolveSibling("next"), crl.der());
		Files.move(next, this.file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
		requests.phase(counts ? Phase.BETWEEN : Phase.OTHER);
		Thread.sleep(PAUSE_MILLIS);
		requests.phase(counts ? Phase.DURING : Phase.OTHER);
		long begin = System.nanoTime();
		if (!this.gate.reload()) {
			throw new IllegalStateException("The CRL was not taken");
		}
		double millis = (System.nanoTime() - begin) / 1e6;
		requests.phase(Phase.OTHER);
		if (counts) {
			this.swaps.add(millis);
		}
	}

	private static String pem(LargeCrl crl) throws CertificateEncodingException {
		Base64.Encoder encoder = Base64.getMimeEncoder(64, "\n".getBytes(StandardCharsets.US_ASCII));
		return "-----BEGIN CERTIFICATE-----\n%s\n-----END CERTIFICATE-----\n"
			.formatted(encoder.encodeToString(crl.issuer().getEncoded()));
	}

}
