package dev.mtls.gate;

import java.net.URI;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * How the OCSP responders did that were asked most recently. Certificates name them, so
 * their number is bounded.
 */
final class OcspResponderStatuses implements Consumer<OcspResponderStatus> {

	static final int MAX_SIZE = 64;

	private final Map<URI, OcspResponderStatus> statuses = new LinkedHashMap<>() {

		@Override
		protected boolean removeEldestEntry(Map.Entry<URI, OcspResponderStatus> eldest) {
			return size() > MAX_SIZE;
		}

	};

	@Override
	public synchronized void accept(OcspResponderStatus status) {
		this.statuses.remove(status.responder());
		this.statuses.put(status.responder(), status);
	}

	synchronized List<OcspResponderStatus> all() {
		return List.copyOf(this.statuses.values());
	}

}
