package dev.mtls.boot.autoconfigure;

import java.time.InstantSource;
import java.util.function.Consumer;

import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.ssl.SslBundles;

import dev.mtls.boot.bundle.BundleSnapshotSource;
import dev.mtls.event.MtlsEvent;
import dev.mtls.gate.Gate;
import dev.mtls.gate.GateSettings;
import dev.mtls.gate.SnapshotLocations;

/**
 * Opens a {@link Gate} over its own locations or over an SSL bundle of the application.
 */
final class Gates {

	private Gates() {
	}

	static Gate open(GateSettings settings, SnapshotLocations locations, @Nullable String bundle,
			ObjectProvider<SslBundles> sslBundles, Consumer<MtlsEvent> events) {
		if (bundle == null) {
			return Gate.open(settings, locations, InstantSource.system(), events);
		}
		SslBundles bundles = sslBundles.getObject();
		Gate gate = Gate.open(settings, new BundleSnapshotSource(bundles, bundle, locations), InstantSource.system(),
				events);
		bundles.addBundleUpdateHandler(bundle, (updated) -> gate.reload());
		return gate;
	}

}
