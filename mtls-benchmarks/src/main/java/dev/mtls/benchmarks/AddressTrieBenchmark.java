package dev.mtls.benchmarks;

import java.net.InetAddress;
import java.util.concurrent.TimeUnit;

import inet.ipaddr.IPAddress;
import inet.ipaddr.IPAddressNetwork;
import inet.ipaddr.ipv4.IPv4Address;
import inet.ipaddr.ipv4.IPv4AddressTrie;
import inet.ipaddr.ipv6.IPv6Address;
import inet.ipaddr.ipv6.IPv6AddressTrie;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

import dev.mtls.address.Cidr;

/**
 * Looks the same peers up in the tries of the IPAddress library.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 500, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 5, time = 500, timeUnit = TimeUnit.MILLISECONDS)
@Fork(value = 3, jvmArgsAppend = "-Xmx4g")
public class AddressTrieBenchmark {

	private static final IPAddressNetwork.IPAddressGenerator ADDRESSES = new IPAddressNetwork.IPAddressGenerator();

	private final IPv4AddressTrie ipv4 = new IPv4AddressTrie();

	private final IPv6AddressTrie ipv6 = new IPv6AddressTrie();

	@Setup
	public void build(Peers peers) {
		for (Cidr network : peers.networks()) {
			IPAddress block = ADDRESSES.from(network.network().getAddress(), network.prefixLength());
			if (block instanceof IPv4Address ipv4Block) {
				this.ipv4.add(ipv4Block);
			}
			else {
				this.ipv6.add((IPv6Address) block);
			}
		}
	}

	@Benchmark
	public boolean elementContains(Peers peers) {
		InetAddress peer = peers.next();
		IPAddress address = ADDRESSES.from(peer);
		return (address instanceof IPv4Address ipv4Address) ? this.ipv4.elementContains(ipv4Address)
				: this.ipv6.elementContains((IPv6Address) address);
	}

}
