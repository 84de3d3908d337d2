package dev.mtls.cli.doctor;

import java.net.InetAddress;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

import dev.mtls.address.AddressText;
import dev.mtls.decision.PrintableText;

/**
 * The addresses of the host.
 *
 * @param step what was seen
 * @param addresses the addresses, empty if there is none
 */
record Resolution(Step step, List<InetAddress> addresses) {

	Resolution {
		addresses = List.copyOf(addresses);
	}

	/**
	 * Resolve a host within a bound, which the resolver of the system does not have.
	 * @param resolver resolves
	 * @param host the host
	 * @param timeout the bound
	 * @return the resolution
	 */
	static Resolution of(HostResolver resolver, String host, Duration timeout) {
		FutureTask<InetAddress[]> task = new FutureTask<>(() -> resolver.resolve(host));
		Thread thread = new Thread(task, "resolver");
		thread.setDaemon(true);
		thread.start();
		try {
			return found(host, List.of(task.get(timeout.toMillis(), TimeUnit.MILLISECONDS)));
		}
		catch (ExecutionException ex) {
			return failed(host, "the resolver knows no %s".formatted(PrintableText.of(host)));
		}
		catch (TimeoutException ex) {
			return failed(host, "the resolver did not answer within %s ms".formatted(timeout.toMillis()));
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			return failed(host, "interrupted");
		}
	}

	private static Resolution found(String host, List<InetAddress> addresses) {
		List<String> texts = addresses.stream().map(AddressText::of).toList();
		String seen = texts.equals(List.of(host)) ? "%s is an address".formatted(host)
				: "%s is %s".formatted(host, String.join(", ", texts));
		return new Resolution(Step.of(StepName.RESOLVE, seen, Map.of("addresses", texts), List.of()), addresses);
	}

	private static Resolution failed(String host, String detail) {
		return new Resolution(Step.of(StepName.RESOLVE, "no address of " + host, Map.of("addresses", List.of()),
				List.of(Finding.of(Problem.HOST_UNKNOWN, detail))), List.of());
	}

}
