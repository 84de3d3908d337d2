package dev.mtls.boot.metrics;

import java.util.Optional;

import io.micrometer.common.KeyValue;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationFilter;
import org.jspecify.annotations.Nullable;

import dev.mtls.boot.web.RequestPeer;
import dev.mtls.decision.MtlsException;
import dev.mtls.identity.PeerIdentity;

/**
 * {@link ObservationFilter} that tells spans of requests who the peer is. The name is a
 * key of high cardinality only: spans carry those, the tags of metrics do not, which each
 * new name would multiply.
 *
 * @param <C> the type of the observations of requests
 */
public abstract class PeerObservationFilter<C extends Observation.Context> implements ObservationFilter {

	/**
	 * The key of the peer's display name.
	 */
	public static final String PEER = "mtls.peer";

	private final Class<C> type;

	PeerObservationFilter(Class<C> type) {
		this.type = type;
	}

	@Override
	public final Observation.Context map(Observation.Context context) {
		if (this.type.isInstance(context)) {
			nameOf(this.type.cast(context))
				.ifPresent((name) -> context.addHighCardinalityKeyValue(KeyValue.of(PEER, name)));
		}
		return context;
	}

	private Optional<String> nameOf(C context) {
		RequestPeer peer = peerOf(context);
		if (peer == null) {
			return Optional.empty();
		}
		try {
			return peer.identity().map(PeerIdentity::displayName);
		}
		catch (MtlsException ex) {
			// Of a certificate that no gate has seen; a request does not fail for its
			// span
			return Optional.empty();
		}
	}

	/**
	 * The peer of an observed request.
	 * @param context the observation of the request
	 * @return the peer, or {@code null} if it is not known
	 */
	abstract @Nullable RequestPeer peerOf(C context);

}
