package dev.mtls.cli.tunnel;

import java.util.Map;

/**
 * What Netty is told before it is loaded, so that a tunnel and each of its connections
 * need little memory.
 */
final class NettySettings {

	// The last one is for alerts and the like: records are written to Netty's own buffers
	private static final Map<String, String> SETTINGS = Map.of("io.netty.allocator.numHeapArenas", "0",
			"io.netty.allocator.maxOrder", "8", "io.netty.handler.ssl.openssl.bioNonApplicationBufferSize", "512");

	private NettySettings() {
	}

	/**
	 * Set what nobody has set.
	 */
	static void apply() {
		SETTINGS.forEach((name, value) -> {
			if (System.getProperty(name) == null) {
				System.setProperty(name, value);
			}
		});
	}

}
