package dev.mtls.benchmarks;

import java.net.InetAddress;
import java.util.Arrays;

import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

import dev.mtls.address.Cidr;

/**
 * Random networks, and peers that are looked up one after the other: half of them are in
 * a network, half most likely in none.
 */
@State(Scope.Benchmark)
public class Peers {

	/**
	 * The family of the networks and peers.
	 */
	@Param({ "IPV4", "IPV6" })
	public AddressFamily family = AddressFamily.IPV4;

	/**
	 * The number of networks.
	 */
	@Param({ "10", "1000", "10000", "1000000" })
	public int count;

	/**
	 * The number of distinct peers, a power of two.
	 */
	@Param({ "1024", "4096", "65536" })
	public int peers;

	private Cidr[] networks = {};

	private InetAddress[] addresses = {};

	private String[] texts = {};

	private int position;

	@Setup
	public void prepare() {
		this.networks = this.family.networks(this.count);
		this.addresses = this.family.peers(this.networks, 0.5, this.peers);
		this.texts = Arrays.stream(this.addresses).map(InetAddress::getHostAddress).toArray(String[]::new);
	}

	Cidr[] networks() {
		return this.networks;
	}

	String nextText() {
		return this.texts[this.position++ & (this.texts.length - 1)];
	}

	InetAddress next() {
		return this.addresses[this.position++ & (this.addresses.length - 1)];
	}

}
