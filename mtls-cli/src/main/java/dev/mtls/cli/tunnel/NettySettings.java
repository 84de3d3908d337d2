package dev.mtls.cli.tunnel;

import java.util.Map;

/**
 * What Netty is told before it is loaded, so that an idle tunnel needs little memory.
 */
final class NettySettings {

	private static final Map<String, String> SETTINGS = Map.of("io.netty.allocator.numHeapArenas", "0",
			"io.netty.allocator.maxOrder", "9");

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
