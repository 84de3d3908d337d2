package dev.mtls.boot.actuate;

import java.util.List;
import java.util.Set;

import org.springframework.boot.info.SslInfo;
import org.springframework.boot.ssl.SslBundles;

import dev.mtls.boot.gate.GateRegistry;

/**
 * What is known about the SSL bundles that are not those of gates.
 */
public final class ForeignSslInfo extends SslInfo {

	private final SslBundles bundles;

	private final GateRegistry gates;

	/**
	 * Create it.
	 * @param bundles all bundles
	 * @param gates the gates, whose bundles are left out
	 */
	public ForeignSslInfo(SslBundles bundles, GateRegistry gates) {
		super(bundles);
		this.bundles = bundles;
		this.gates = gates;
	}

	@Override
	public List<BundleInfo> getBundles() {
		Set<String> own = this.gates.bundles();
		return this.bundles.getBundleNames()
			.stream()
			.filter((bundle) -> !own.contains(bundle))
			.map(this::getBundle)
			.toList();
	}

}
