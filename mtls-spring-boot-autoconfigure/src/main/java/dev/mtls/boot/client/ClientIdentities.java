package dev.mtls.boot.client;

import java.util.Collection;
import java.util.Map;
import java.util.TreeMap;

import org.jspecify.annotations.Nullable;

import dev.mtls.decision.MtlsException;
import dev.mtls.decision.Reason;

/**
 * The client identities of the application.
 */
public final class ClientIdentities implements AutoCloseable {

	private final Map<String, MtlsClient> named;

	private final @Nullable MtlsClient standard;

	/**
	 * Create the identities.
	 * @param standard the one of {@code mtls.client}, or {@code null} if that is not
	 * configured
	 * @param named those of {@code mtls.clients}, by their names
	 */
	public ClientIdentities(@Nullable MtlsClient standard, Map<String, MtlsClient> named) {
		this.standard = standard;
		this.named = new TreeMap<>(named);
	}

	/**
	 * The identity of {@code mtls.client}.
	 * @return the identity, or {@code null} if it is not configured
	 */
	public @Nullable MtlsClient standard() {
		return this.standard;
	}

	/**
	 * The identity of {@code mtls.clients.<name>}.
	 * @param name the name
	 * @return the identity, or {@code null} if there is none
	 */
	public @Nullable MtlsClient find(String name) {
		return this.named.get(name);
	}

	/**
	 * The identities of {@code mtls.clients}.
	 * @return the identities, in the order of their names
	 */
	public Collection<MtlsClient> named() {
		return this.named.values();
	}

	/**
	 * Have all clients follow their gates. To be called at least each second.
	 */
	public void check() {
		if (this.standard != null) {
			this.standard.check();
		}
		this.named.values().forEach(MtlsClient::check);
	}

	@Override
	public void close() {
		if (this.standard != null) {
			this.standard.close();
		}
		this.named.values().forEach(MtlsClient::close);
	}

	MtlsClient get(String name) {
		MtlsClient client = find(name);
		if (client == null) {
			throw new MtlsException(Reason.CONFIGURATION_INVALID, "mtls.clients." + name,
					this.named.isEmpty() ? "there is no such client, because no client has a name"
							: "there is no such client, only " + String.join(", ", this.named.keySet()),
					"configure it, or correct the name");
		}
		return client;
	}

}
