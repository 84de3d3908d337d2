package dev.mtls.boot.client.gate;

import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

import org.jspecify.annotations.Nullable;

import dev.mtls.decision.Decision;

/**
 * The servers whose connections were cut and that were not admitted again since then,
 * with the reason. How many are kept is bounded; what is beyond fails without a reason.
 */
final class CutHosts {

	static final int MAX_HOSTS = 1000;

	private final Map<String, Decision.Deny> denials = new ConcurrentHashMap<>();

	void add(String host, Decision.Deny denial) {
		String key = key(host);
		if (this.denials.size() < MAX_HOSTS || this.denials.containsKey(key)) {
			this.denials.put(key, denial);
		}
	}

	void remove(String host) {
		this.denials.remove(key(host));
	}

	Decision.@Nullable Deny get(String host) {
		return this.denials.get(key(host));
	}

	// Some libraries write an IPv6 address without its brackets
	private static String key(String host) {
		return host.toLowerCase(Locale.ROOT).replace("[", "").replace("]", "");
	}

}
